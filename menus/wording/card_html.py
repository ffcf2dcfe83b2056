"""A memory card as an A5 page of HTML: no script, nothing fetched, ready to print.

`@page` (CSS Paged Media, level 3) sets the paper; letters and rows become smaller with the
number of rows, so that the card stays on one page.
"""

from html import escape
from string import Template
from typing import Final

from menus.wording.card import Card, CardLine, CardNote

# The rows of the shipped forms fit at the tallest height; more rows share the same room.
_ROOM_FOR_ROWS_MM: Final = 92.0
_TALLEST_ROW_MM: Final = 8.0
_LARGEST_LETTERS_PT: Final = 11.5

_PAGE: Final = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$keyword: $title</title>
<style>
@page { size: A5 portrait; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { background: #ddd; color: #111; font: 9pt/1.25 Helvetica, Arial, "DejaVu Sans", sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
main { width: 148mm; height: 209mm; margin: 6mm auto; padding: 8mm 9mm; background: #fff }
header { display: flex; align-items: center; padding: 2.5mm 4mm; background: $colour; color: #fff;
  border-radius: 2mm }
h1 { margin-right: 5mm; font-size: 30pt; line-height: 1; letter-spacing: .5pt }
h2 { font-size: 11.5pt; line-height: 1.15 }
.kind { font-size: 7.5pt }
.write { margin: 2.6mm 0; border: .5mm solid $colour; border-radius: 2mm; padding: 2mm 3mm }
.number { float: right; font-size: 8pt; color: #444 }
.number i { display: inline-block; width: 32mm; border-bottom: .3mm solid #444 }
h3 { font-size: 9.2pt; color: $colour }
.sms { margin: 1mm 0; font: bold 11pt/1.4 "Courier New", "DejaVu Sans Mono", monospace }
.sms span { white-space: nowrap }
table { width: 100%; border-collapse: collapse; font-size: ${letters}pt }
td { height: ${row}mm; padding: 0 1mm; border-bottom: .2mm solid #bbb; line-height: 1.05 }
td:first-child { width: 16mm; font-weight: bold; font-size: 1.12em; color: $colour }
td:last-child { text-align: right; font-size: .72em; color: #555; padding-left: 2mm }
.extra td { border-bottom-style: dotted; font-size: .88em }
.extra td:first-child { font-size: 1em }
.notes { margin-top: 3mm; columns: 2; column-gap: 6mm; font-size: 8.8pt; line-height: 1.2 }
.notes div { break-inside: avoid; padding-bottom: 1.8mm }
.notes code { float: right; font: bold 8.5pt "Courier New", "DejaVu Sans Mono", monospace;
  background: #eee; border-radius: 1mm; padding: 0 1mm }
footer { margin-top: 1mm; padding-top: 1.2mm; border-top: .3mm solid $colour; font-size: 8pt }
footer span { float: right }
@media print { body { background: none } main { margin: 0 } }
</style>
</head>
<body>
<main>
<header><h1>$keyword</h1><div><p class="kind">$kind</p><h2>$title</h2></div></header>
<section class="write">
<p class="number">$number <i></i></p>
<h3>$write</h3>
<p class="sms">$pattern</p>
<p>$dots</p>
</section>
<table>
$rows
</table>
<section class="notes">
$notes
</section>
<footer><span>$foot</span><b>$privacy</b></footer>
</main>
</body>
</html>
""")


def page(card: Card) -> str:
    """Return the card as an HTML document, with all texts of the catalogue escaped."""
    count = len(card.lines) + len(card.optional_lines)
    row = min(_TALLEST_ROW_MM, _ROOM_FOR_ROWS_MM / count)
    return _PAGE.substitute(
        language=escape(card.language),
        keyword=escape(card.keyword),
        title=escape(card.title),
        colour=card.colour,
        kind=escape(card.kind),
        number=escape(card.number),
        write=escape(card.write),
        pattern=" ".join(f"<span>{escape(piece)}</span>" for piece in card.pattern),
        dots=escape(card.dots),
        rows="\n".join(
            [
                *(_row(line) for line in card.lines),
                *(_row(line, aside=card.optional) for line in card.optional_lines),
            ]
        ),
        notes="\n".join(map(_note, card.notes)),
        privacy=escape(card.privacy),
        foot=escape(card.foot),
        row=f"{row:.2f}",
        letters=f"{min(_LARGEST_LETTERS_PT, row * 1.75):.2f}",
    )


def _row(line: CardLine, aside: str = "") -> str:
    star = "*" if line.uncertain else ""
    opening = '<tr class="extra">' if aside else "<tr>"
    cells = (line.code, line.label + star, ", ".join(filter(None, (line.french, aside))))
    return opening + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _note(note: CardNote) -> str:
    sample = f"<code>{escape(note.sample)}</code>" if note.sample else ""
    return f"<div>{sample}<h3>{escape(note.heading)}</h3><p>{escape(note.text)}</p></div>"
