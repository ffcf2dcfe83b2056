"""A reply in one style: the order of its pieces, and what each style leaves out."""

from dataclasses import replace

import pytest

from menus.loading.loader import load
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.wording.composer import ReplyComposer, ReportReply, Style

CATALOGUE = load()
ROOMY = Style(glued=False, tail=2, brief=False)
BRIEF = Style(glued=True, tail=0, brief=True)
REPORT = ReportReply(
    form="NUT",
    period=Period(2026, 3),
    receipt="7K4P",
    values={"DEP": 180, "MAM": 4},
    days_out={},
    missing=(),
    pending={},
    problems=(),
    repaired=(),
    complete=True,
    late=False,
    unchanged=False,
    superseded=False,
    other_forms_missing=("SMI",),
)
REFUSED = Problem("above_refuse", Level.REFUSE, ("DEP",), {"number": 700})
DOUBTED = Problem("above_ask", Level.CONFIRM, ("MAM",), {"number": 40})
INCOMPLETE = replace(REPORT, complete=False, missing=("MAS", "URE"))


def composed(report: ReportReply, style: Style, **more: object) -> str:
    composer = ReplyComposer(CATALOGUE, "fr", (report,), (), False)
    return replace(composer, **more).text(style)  # type: ignore[arg-type]  # test data by name


@pytest.mark.parametrize(
    ("report", "style", "text"),
    [
        (
            REPORT,
            ROOMY,
            (
                "NUT mars OK. No 7K4P. Depistes 180, MAM 4. "
                "Une erreur? Envoyez COR, le code et le bon nombre. Reste SMI."
            ),
        ),
        (REPORT, BRIEF, "NUT mars OK. No 7K4P. Depistes180 MAM4."),
        (replace(REPORT, late=True), BRIEF, "NUT mars OK. No 7K4P. Depistes180 MAM4. Retard."),
        (
            INCOMPLETE,
            ROOMY,
            (
                "NUT mars INCOMPLET. No 7K4P. Depistes 180, MAM 4. "
                "Manque: envoyez NUT MAS .. URE .. (zero si aucun). Le reste est garde."
            ),
        ),
        (
            INCOMPLETE,
            replace(BRIEF, coded=True),
            "NUT mars INCOMPLET. No 7K4P. DEP180 MAM4. Manque NUT MAS URE.",
        ),
        (
            replace(REPORT, unchanged=True),
            BRIEF,
            "NUT mars DEJA RECU. No 7K4P. Depistes180 MAM4.",
        ),
        (
            replace(REPORT, superseded=True, repaired=("DEP",)),
            BRIEF,
            (
                "NUT mars: message ancien. Garde: No 7K4P. Depistes180 MAM4. "
                "Pour changer renvoyez tout NUT."
            ),
        ),
        (
            replace(REPORT, repaired=("DEP",)),
            BRIEF,
            "NUT mars OK. No 7K4P. Depistes180? MAM4. ? = verifiez.",
        ),
    ],
)
def test_a_report_without_problems(report: ReportReply, style: Style, text: str) -> None:
    assert composed(report, style) == text


@pytest.mark.parametrize(
    ("report", "style", "text"),
    [
        (
            replace(REPORT, problems=(DOUBTED, REFUSED), pending={"MAM": 40}),
            ROOMY,
            (
                "NUT mars A CORRIGER. No 7K4P. Depistes 180, MAM 4. "
                "DEP 700: trop grand, pas note. Corrigez: envoyez COR DEP .. "
                "MAM 40: tres eleve, pas encore note. Si exact repondez OUI, sinon envoyez "
                "COR MAM .. Le reste est garde."
            ),
        ),
        (
            replace(REPORT, problems=(DOUBTED, REFUSED), pending={"MAM": 40}),
            replace(BRIEF, told=1),
            (
                "NUT mars A CORRIGER. No 7K4P. Depistes180 MAM4. "
                "DEP 700: trop grand, pas note. Corrigez: COR DEP .. Revoyez aussi MAM."
            ),
        ),
        (
            replace(REPORT, problems=(DOUBTED, REFUSED), pending={"MAM": 40}),
            replace(BRIEF, told=1, last_resort=True, bare=True),
            (
                "NUT mars A CORRIGER. No 7K4P. Depistes180 MAM4. "
                "Revoyez DEP. Corrigez: COR DEP .. Autres erreurs ensuite."
            ),
        ),
        (
            replace(REPORT, pending={"MAS": 9}),
            ROOMY,
            (
                "NUT mars A CORRIGER. No 7K4P. Depistes 180, MAM 4. "
                "Pas encore note: MAS 9. Corrigez: envoyez COR MAS .. Le reste est garde."
            ),
        ),
        (
            replace(REPORT, problems=(Problem("again", Level.CONFIRM),)),
            ROOMY,
            (
                "NUT mars A CONFIRMER. No 7K4P. Depistes 180, MAM 4. "
                "Ce rapport etait annule. Le remettre? Si oui, repondez OUI. Le reste est garde."
            ),
        ),
    ],
)
def test_a_report_with_problems(report: ReportReply, style: Style, text: str) -> None:
    assert composed(report, style) == text


def test_a_reply_for_a_site_begins_and_ends_as_told() -> None:
    text = composed(
        REPORT,
        BRIEF,
        site="Kola",
        note="undone",
        lead="D'abord ceci.",
        closing="Fin.",
        personal=True,
    )
    assert text == (
        "Kola: Dernier message annule. D'abord ceci. NUT mars OK. No 7K4P. Depistes180 MAM4. "
        "Pas de nom dans les SMS. Fin."
    )
