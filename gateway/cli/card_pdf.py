"""A memory card as one A5 page of PDF, for a printer without a browser beside it.

Helvetica and Courier are among the fonts that every PDF reader has (ISO 32000-1, 9.6.2.2), so
nothing is embedded and the file stays at a few kilobytes; their Latin-1 covers French, and
Bambara in the spelling with è and ò.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from fpdf import FPDF, XPos, YPos

from menus.gsm7 import to_gsm7
from menus.wording.card import Card, CardLine, CardNote

# Millimetres: the page, its margin, and where the notes must end for the foot to fit.
_WIDTH: Final = 148.0
_HEIGHT: Final = 210.0
_MARGIN: Final = 9.0
_INNER: Final = _WIDTH - 2 * _MARGIN
_FOOT: Final = 7.0
_TALLEST_ROW: Final = 8.0
# A lower row cannot be read at arm's length.
_LOWEST_ROW: Final = 3.6
_CODE_WIDTH: Final = 17.0
_GAP: Final = 2.6
_PT_PER_MM: Final = 72 / 25.4
_GREY: Final = 90


class TooLong(ValueError):
    """Raised when the form has more fields than one page can show in legible letters."""


def render(card: Card, now: datetime) -> bytes:
    """Return the card as PDF.

    `now` is the date of creation that the file carries. Raises TooLong when the card does not
    fit one page.
    """
    return _Page(card, now).drawn()


class _Page:
    """One card as it is drawn; `_y` is where the next block begins, in millimetres from the top."""

    def __init__(self, card: Card, now: datetime) -> None:
        self._card = card
        self._y = _MARGIN
        self._pdf = FPDF(unit="mm", format=(_WIDTH, _HEIGHT))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_creation_date(now)
        self._pdf.set_title(f"{card.keyword}: {_printable(card.title)}")
        self._pdf.set_lang(card.language)
        self._pdf.add_page()

    def drawn(self) -> bytes:
        self._header()
        self._write()
        notes = _HEIGHT - _MARGIN - _FOOT - self._height_of_notes()
        self._rows(notes - _GAP)
        self._notes()
        self._footer()
        return bytes(self._pdf.output())

    # --- Letters

    def _font(self, size: float, *, bold: bool = False, mono: bool = False) -> None:
        self._pdf.set_font("Courier" if mono else "Helvetica", "B" if bold else "", size)

    def _coloured(self) -> None:
        self._pdf.set_text_color(self._card.colour)

    def _plain(self, grey: int = 20) -> None:
        self._pdf.set_text_color(grey)

    def _text(self, x: float, y: float, width: float, text: str, *, align: str = "L") -> None:
        """Draw one line of text below y, in smaller letters where it would not fit the width."""
        text = _printable(text)
        size = self._pdf.font_size_pt
        needed = self._pdf.get_string_width(text)
        self._pdf.set_font_size(min(size, size * width / needed) if needed else size)
        self._pdf.set_xy(x, y)
        height = size / _PT_PER_MM * 1.2
        self._pdf.cell(width, height, text, align=align, new_x=XPos.LEFT, new_y=YPos.TOP)
        self._pdf.set_font_size(size)

    def _lines_of(self, pieces: Iterable[str], width: float) -> list[str]:
        """Set the pieces into lines of at most the width; no piece is broken."""
        lines = [""]
        for piece in map(_printable, pieces):
            longer = f"{lines[-1]} {piece}".strip()
            if not lines[-1] or self._pdf.get_string_width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
        return lines

    # --- Blocks, from top to bottom

    def _header(self) -> None:
        pdf, card = self._pdf, self._card
        pdf.set_fill_color(card.colour)
        pdf.rect(_MARGIN, self._y, _INNER, 16, style="F", round_corners=True, corner_radius=2)
        self._plain(255)
        self._font(30, bold=True)
        left = _MARGIN + 4
        wide = min(pdf.get_string_width(card.keyword), _INNER / 2)
        self._text(left, self._y + 2, wide, card.keyword)
        left += wide + 5
        room = _WIDTH - _MARGIN - 4 - left
        self._font(8)
        self._text(left, self._y + 3.2, room, card.kind)
        self._font(12, bold=True)
        self._text(left, self._y + 7.2, room, card.title)
        self._y += 16 + _GAP

    def _write(self) -> None:
        """Draw the frame with the SMS to send; no `CODE ..` is broken over two lines."""
        pdf, card = self._pdf, self._card
        left, width = _MARGIN + 3, _INNER - 6
        top = self._y
        self._font(9.2, bold=True)
        self._coloured()
        self._text(left, top + 2, width / 2, card.write)
        self._number(top + 2)
        y = top + 7.2
        self._plain()
        self._font(11, bold=True, mono=True)
        for line in self._lines_of(card.pattern, width):
            self._text(left, y, width, line)
            y += 5.2
        self._font(9)
        self._text(left, y + 0.4, width, card.dots)
        height = y + 6.4 - top
        pdf.set_draw_color(card.colour)
        pdf.set_line_width(0.5)
        pdf.rect(_MARGIN, top, _INNER, height, round_corners=True, corner_radius=2)
        self._y = top + height + _GAP

    def _number(self, y: float) -> None:
        """Draw the blank on which the number of the service is written by hand."""
        right, line = _WIDTH - _MARGIN - 3, 32.0
        self._font(8)
        self._plain(_GREY)
        self._text(right - line - 41, y + 0.3, 40, self._card.number, align="R")
        self._pdf.set_draw_color(_GREY)
        self._pdf.set_line_width(0.25)
        self._pdf.line(right - line, y + 3.4, right, y + 3.4)

    def _rows(self, bottom: float) -> None:
        card = self._card
        count = len(card.lines) + len(card.optional_lines)
        row = min(_TALLEST_ROW, (bottom - self._y) / count)
        if row < _LOWEST_ROW:
            raise TooLong(f"{card.keyword} has {count} fields, too many for one page")
        for line in card.lines:
            self._row(line, row, line.french)
        for line in card.optional_lines:
            aside = ", ".join(filter(None, (line.french, card.optional)))
            self._row(line, row, aside, small=True)

    def _row(self, line: CardLine, height: float, aside: str, *, small: bool = False) -> None:
        pdf = self._pdf
        size = min(11.5, height * 1.75) * (0.9 if small else 1)
        y = self._y + (height - size * 1.2 / _PT_PER_MM) / 2 + 0.3
        left = _MARGIN + _CODE_WIDTH
        self._font(size * 1.1, bold=True)
        self._coloured()
        self._text(_MARGIN + 1, y, _CODE_WIDTH - 2, line.code)
        self._font(max(size * 0.72, 7))
        self._plain(_GREY)
        side = min(pdf.get_string_width(_printable(aside)), 45.0)
        self._text(_WIDTH - _MARGIN - 1 - side, y + 0.8, side, aside)
        self._font(size)
        self._plain()
        self._text(left, y, _INNER - _CODE_WIDTH - side - 4, line.label + _star(line))
        self._y += height
        pdf.set_draw_color(190)
        pdf.set_line_width(0.2)
        pdf.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)

    def _columns(self) -> tuple[Sequence[CardNote], Sequence[CardNote]]:
        """Divide the notes into two columns of about one height, in their order."""
        notes = self._card.notes
        heights = [self._height_of_note(note) for note in notes]
        cuts = range(len(notes) + 1)
        cut = min(cuts, key=lambda at: max(sum(heights[:at]), sum(heights[at:])))
        return notes[:cut], notes[cut:]

    def _height_of_notes(self) -> float:
        return max(sum(map(self._height_of_note, column)) for column in self._columns())

    def _height_of_note(self, note: CardNote) -> float:
        self._font(8.8)
        return 4.4 + 3.8 * len(self._lines_of(note.text.split(), _INNER / 2 - 3)) + 1.6

    def _notes(self) -> None:
        top = self._y + _GAP
        width = _INNER / 2 - 3
        for column, notes in enumerate(self._columns()):
            y = top
            for note in notes:
                self._note(note, _MARGIN + column * (width + 6), y, width)
                y += self._height_of_note(note)

    def _note(self, note: CardNote, x: float, y: float, width: float) -> None:
        self._font(9, bold=True, mono=True)
        self._plain()
        sample = min(self._pdf.get_string_width(note.sample), width * 0.6)
        if note.sample:
            self._pdf.set_fill_color(232)
            box = (x + width - sample - 2, y, sample + 2, 4.2)
            self._pdf.rect(*box, style="F", round_corners=True, corner_radius=0.8)
            self._text(x + width - sample - 1, y + 0.2, sample, note.sample)
        self._font(9.2, bold=True)
        self._coloured()
        self._text(x, y, width - sample - 3, note.heading)
        self._font(8.8)
        self._plain()
        for number, line in enumerate(self._lines_of(note.text.split(), width)):
            self._text(x, y + 4.4 + 3.8 * number, width, line)

    def _footer(self) -> None:
        y = _HEIGHT - _MARGIN - 5
        self._pdf.set_draw_color(self._card.colour)
        self._pdf.set_line_width(0.3)
        self._pdf.line(_MARGIN, y, _WIDTH - _MARGIN, y)
        self._plain()
        self._font(9)
        self._text(_WIDTH - _MARGIN - 45, y + 1.2, 45, self._card.foot, align="R")
        self._font(9, bold=True)
        self._text(_MARGIN, y + 1.2, _INNER - 46, self._card.privacy)


def _star(line: CardLine) -> str:
    return "*" if line.uncertain else ""


def _printable(text: str) -> str:
    """Return the text in Latin-1: a letter outside it becomes the one that an SMS would use."""
    return "".join(letter if ord(letter) < 256 else _plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    return to_gsm7(letter).encode("latin-1", "replace").decode("latin-1")
