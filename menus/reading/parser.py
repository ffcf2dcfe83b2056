"""Parser: read an SMS (`read`).

The language is `KEYWORD [month] CODE number CODE number ...`, in any order, case and
punctuation; codes are unique over all forms, so they decide the form and the keyword is only
a hint. What is certain is filled in, everything else becomes a question; nothing that may be
a number is ever skipped in silence. Time is linear in the length of the text.
"""

from dataclasses import replace

from menus.model.arguments import Place
from menus.model.catalogue import Catalogue
from menus.model.command import POUR, Command
from menus.model.reading import Reading
from menus.reading.commands import command_in
from menus.reading.lexer import normalise_input, scan
from menus.reading.pairing import ask
from menus.reading.plain_command import CommandSaid
from menus.reading.report_reader import is_plain, read_report
from menus.reading.scanned import Scanned
from menus.reading.tokenizer import tokens_of
from menus.reading.vocabulary import vocabulary_of


def read(text: str, catalogue: Catalogue) -> Reading:
    """Return what an SMS says, as far as it is certain; the rest as Problems of level ask.

    `filled` has at most one entry per form, in the catalogue's order. It is empty when the
    month is unclear, since nothing may be stored then, and for commands that take no codes and
    numbers. Numbers with O, l or I for a digit are filled and named in `Filled.repaired`. Not
    judged here: whether a month may be reported, whether the sender may use a command, and the
    limits and rules. Takes any text and raises nothing.
    """
    vocabulary = vocabulary_of(catalogue)
    normalised = normalise_input(text)
    lexemes = scan(normalised)
    tokens = tokens_of(lexemes, vocabulary)
    said = None
    if not is_plain(tokens):
        said = command_in(Scanned(normalised, lexemes, tokens), vocabulary)
    if said is None:
        return read_report(text, tokens, vocabulary)
    if said.report is None:
        return _without_report(said)
    reading = read_report(text, said.report, vocabulary, behind_command=True)
    return _with_report(said, reading, catalogue.commands[said.command])


def _without_report(said: CommandSaid) -> Reading:
    return Reading(
        month=said.month,
        command=said.command,
        arguments=said.arguments,
        forms_named=said.forms,
        problems=said.problems,
        personal=said.personal,
        within=said.within,
    )


def _with_report(said: CommandSaid, reading: Reading, command: Command) -> Reading:
    """Return COR, POUR or RCU with their codes and numbers; a Problem asks for what is missing."""
    problems, filled = reading.problems, reading.filled
    if any(problem.key == "nothing_understood" for problem in problems):
        problems = (ask(command.missing, command=said.command),)
    if said.command == POUR and said.arguments == Place():
        problems, filled = (ask("site_missing", command=said.command),), ()
    return replace(
        reading,
        filled=filled,
        command=said.command,
        arguments=said.arguments,
        problems=problems,
        within=said.within,
    )
