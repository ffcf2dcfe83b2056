"""`kibaru card`: print the memory card of a form, which an agent keeps in the register."""

from pathlib import Path

import click

from gateway.cli import card_pdf, common
from gateway.cli.common import Fault
from menus.model.catalogue import LANGUAGES, Catalogue
from menus.wording.card import Card
from menus.wording.card import card as card_of
from menus.wording.card_html import page

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("form")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="fr",
    show_default=True,
    help="the language of the card",
)
@click.option("--html", type=FILE, help="write HTML, for a browser, to this file")
@click.option("--pdf", type=FILE, help="write PDF, for a printer, to this file")
def card(form: str, language: str, html: Path | None, pdf: Path | None) -> None:
    """Print the memory card of a form.

    The card is one A5 page, made from the catalogue. FORM is a keyword, such as PEC. Without
    --html and --pdf, prints HTML to standard output.
    """
    catalogue = common.catalogue(common.settings())
    made = card_of(catalogue, _keyword(catalogue, form), language)
    if html is None and pdf is None:
        click.echo(page(made), nl=False)
    if html is not None:
        _write(html, page(made).encode())
    if pdf is not None:
        _write(pdf, _pdf(made))


def _keyword(catalogue: Catalogue, typed: str) -> str:
    keyword = catalogue.keyword_of.get(typed.upper(), "")
    if keyword in catalogue.forms:
        return keyword
    known = ", ".join(catalogue.forms)
    raise click.BadParameter(f"there is no form {typed!r}, only {known}", param_hint="FORM")


def _pdf(made: Card) -> bytes:
    try:
        return card_pdf.render(made, common.now())
    except card_pdf.TooLong as fault:
        raise Fault(str(fault)) from fault


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise Fault(f"{path}: cannot be written ({fault.strerror})") from fault
    click.echo(f"written: {path}")
