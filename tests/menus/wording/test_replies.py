"""Replies hold every stored number once, no other number, and fit one part or at most two."""

import re
from collections.abc import Iterable
from itertools import product
from string import digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.gsm7 import is_gsm7, parts
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES, Catalogue, Form
from menus.model.cross_check import Check, Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.wording.replies import ReportReply, problem_reply, report_reply, say

CATALOGUE = load()
FORMS = tuple(CATALOGUE.forms.values())
MARCH = Period(2026, 3)
EXAMPLE = {
    "VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27, "GRV": 2, "ART": 2, "IRA": 9, "AMX": 9, "DIA": 11, "SRZ": 10, "RFS": 3, "DCD": 0
}  # fmt: skip
POS_ABOVE_TDR = Problem("rule_3", Level.REFUSE, ("POS", "TDR"), {"POS": 48, "TDR": 37})


def reply(form: str = "PEC", **changes: object) -> ReportReply:
    """Return a complete report on time, with these changes."""
    facts: dict[str, object] = {
        "form": form, "period": MARCH, "receipt": "7K4P", "values": EXAMPLE, "days_out": {},
        "missing": (), "pending": {}, "problems": (), "repaired": (), "complete": True,
        "late": False, "unchanged": False, "superseded": False, "other_forms_missing": (),
    }  # fmt: skip
    return ReportReply(**{**facts, **changes})  # type: ignore[arg-type]


def longest_month(language: str) -> Period:
    names = CATALOGUE.programme.months[language]
    return Period(2026, names.index(max(names, key=len)) + 1)


def at_limits(form: Form, *, optional: bool = True) -> dict[str, int]:
    return {field.code: field.refuse_above for field in form.fields if optional or field.required}


def days(form: Form) -> dict[str, int]:
    return {field.code: 31 for field in form.fields if field.takes_days_out}


def without_receipt(text: str) -> str:
    return text.replace("No 7K4P", "", 1)


def numbers(text: str) -> list[int]:
    return sorted(int(number) for number in re.findall(r"[0-9]+", without_receipt(text)))


def french(*replies: ReportReply, problems: Iterable[Problem] = (), personal: bool = False) -> str:
    return report_reply(CATALOGUE, "fr", replies, problems=tuple(problems), personal=personal)


# --- What replies look like


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (
            reply(other_forms_missing=("NUT", "SMI", "STK")),
            ("PEC mars OK. No 7K4P. Vus 45, Fievre 38, TDR 37, Pos 28, CTA 27, Grave 2, ArtR 2, "
            "IRA 9, Amox 9, Dia 11, SRO-Zn 10, Ref 3, Deces 0. Reste NUT SMI STK."),
        ),
        (
            reply("NUT", values={"DEP": 180, "MAM": 4}, other_forms_missing=()),
            ("NUT mars OK. No 7K4P. Depistes 180, MAM 4. Une erreur? Envoyez COR, le code et le bon "
            "nombre. Tout est recu, merci."),
        ),
        (
            reply(values={"VUS": 45}, missing=("AMX", "SRZ"), complete=False),
            ("PEC mars INCOMPLET. No 7K4P. Vus 45. Manque: envoyez PEC AMX .. SRZ .. (zero si "
            "aucun). Le reste est garde."),
        ),
        (
            reply(
                values={"VUS": 45},
                missing=("POS", "TDR"),
                pending={"POS": 48, "TDR": 37},
                problems=(POS_ABOVE_TDR,),
                complete=False,
            ),
            ("PEC mars A CORRIGER. No 7K4P. Vus45. POS 48 depasse TDR 37. Corrigez: COR POS .. Le "
            "reste est garde."),
        ),
        (
            reply(values={"VUS": 45}, unchanged=True, late=True),
            "PEC mars DEJA RECU. No 7K4P. Vus 45. Recu en retard.",
        ),
        (
            reply(values={"VUS": 45}, superseded=True),
            ("PEC mars: message ancien, remplace depuis. Voici ce qui est garde. No 7K4P. Vus 45. "
            "Pour changer, renvoyez tout PEC avec les bons nombres."),
        ),
        (
            reply("STK", values={"BEB": 24, "ENF": 0}, days_out={"ENF": 12}, repaired=("BEB",)),
            ("STK mars OK. No 7K4P. CTA-beb 24, CTA-enf 0 (12j). Lettre lue comme chiffre, verifiez "
            "BEB. Tout est recu, merci."),
        ),
    ],
)  # fmt: skip
def test_report(report: ReportReply, text: str) -> None:
    assert french(report) == text


def test_two_forms_in_one_message() -> None:
    nut = reply("NUT", values={"DEP": 180}, receipt="3B8X", other_forms_missing=("PEC", "SMI"))
    text = french(reply(values={"VUS": 45}), nut)
    assert text == ("PEC mars OK. No 7K4P. Vus 45. NUT mars OK. No 3B8X. Depistes 180. Reste SMI.")


def test_bambara_with_french_where_a_sentence_is_missing() -> None:
    report = reply(values={"VUS": 45}, repaired=("VUS",), other_forms_missing=("NUT",))
    assert report_reply(CATALOGUE, "bm", [report]) == (
        "PEC marisi dafalen. No 7K4P. Vus 45. Lettre lue comme chiffre, verifiez VUS. Une erreur? "
        "Envoyez COR, le code et le bon nombre. A tò ye NUT."
    )


def test_personal_reminder() -> None:
    assert french(reply(values={}), personal=True).count("Pas de nom") == 1
    assert "nimòrò" in problem_reply(CATALOGUE, "bm", [], personal=True)


def test_nothing_is_said_to_be_in_while_a_problem_stands() -> None:
    stray = [Problem("number_without_code", Level.ASK, (), {"number": 7})]
    alone = french(reply(values={"VUS": 45}), problems=stray)
    assert alone.startswith("PEC mars A CORRIGER.")
    beside = french(reply(values={"VUS": 45}), reply("NUT", values={"DEP": 9}), problems=stray)
    assert beside.startswith("PEC mars OK.")
    assert [("7: quel code?" in text, "merci" in text) for text in (alone, beside)] == [
        (True, False)
    ] * 2


# --- Problems


def form_named(problem: Problem) -> str:
    """Return the form that a problem is about as a whole, else a word that no text holds."""
    whole = [form.keyword for form in FORMS if {*form.required} <= {*problem.codes}]
    return whole[0] if whole else "?"


def at_limit(check: Check) -> dict[str, int]:
    return {term.name: CATALOGUE.field(term.code).refuse_above for term in check.terms}


WITH_CODE = [
    (key, ("TDR",), {"number": 280})
    for key in (
        "code_without_number", "two_numbers", "two_values", "above_refuse", "above_ask",
        "days_out_too_long", "days_out_without_stock", "days_out_unexpected",
    )
]  # fmt: skip
WHOLE = (
    "month_absent",
    "month_future",
    "month_not_open",
    "month_closed",
    "month_unclear",
    "nothing_understood",
    "personal",
    "unknown_sender",
    "could_not_read",
)
ALONE = [
    ("number_without_code", (), {"number": 280}),
    ("unknown_code", (), {"typed": "ABCDEFGH"}),
    ("unknown_code_near", (), {"typed": "TRD", "near": "TDR", "number": 37}),
    ("form_without_numbers", (), {"form": "PEC"}),
    ("not_yet", (), {"command": "COMMANDE"}),
    ("site_unclear", (), {"sites": "Kola, Tene"}),
    ("not_for_you", (), {"command": "COMMANDE"}),
    *((key, (), {}) for key in ("cut", *WHOLE)),
]  # fmt: skip
RULES = [
    (check.words, check.codes, at_limit(check), check.level)
    for form in FORMS
    for check in form.checks
]
PROBLEMS = [
    Problem(key, Level.REFUSE, codes, values) for key, codes, values in WITH_CODE + ALONE
] + [Problem(key, level, codes, values) for key, codes, values, level in RULES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "problem", PROBLEMS, ids=lambda problem: f"{problem.key}-{'-'.join(problem.codes)}"
)
def test_every_problem_has_words_of_one_part(problem: Problem, language: str) -> None:
    text = problem_reply(CATALOGUE, language, [problem])
    assert len(parts(text)) == 1
    assert all(code in text for code in problem.codes) or f"tout {form_named(problem)}" in text
    allowed = {str(value) for value in problem.values.values()}
    assert set(re.findall(r"[0-9]+", text)) <= allowed


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (POS_ABOVE_TDR, "POS 48 est plus grand que TDR 37: les TDR positifs ne depassent pas les TDR faits. Corrigez: envoyez COR POS .. ou TDR .."),
        (
            Problem("rule_10", Level.REFUSE, ("MAS", "DEP", "MAM", "URE"), {"MAM": 4, "MAS": 90, "URE": 1, "DEP": 80}),
            "MAM 4 + MAS 90 + URE 1 depassent DEP 80: les malnutris ne depassent pas les depistes. Corrigez: envoyez COR MAS .. ou DEP .. ou MAM .. ou URE ..",
        ),
        (
            Problem("rule_15", Level.REFUSE, ("VUS", "RFS"), {"VUS": 0, "RFS": 3}),
            "VUS 0 mais RFS 3: sans enfant vu, il n'y a pas de cas. Corrigez: envoyez COR VUS .. ou RFS ..",
        ),
        (
            Problem("unknown_code_near", Level.ASK, (), {"typed": "TRD", "near": "TDR", "number": 37}),
            "Code TRD inconnu, pas note: est-ce TDR? Corrigez: envoyez PEC TDR ..",
        ),
        (Problem("unknown_code_near", Level.ASK, (), {"typed": "PEK", "near": "PEC"}), "Code PEK inconnu, pas note: est-ce PEC?"),
    ],
)  # fmt: skip
def test_problem(problem: Problem, text: str) -> None:
    assert problem_reply(CATALOGUE, "fr", [problem]) == text


def confirm(key: str, *codes: str, **values: int) -> Problem:
    return Problem(key, Level.CONFIRM, codes, values)


OUI = "Si exact repondez OUI, sinon envoyez"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (confirm("rule_4_more", "CTA", "POS", CTA=30, POS=28), f"CTA 30 est plus grand que POS 28: TDR en rupture? {OUI} COR CTA .. ou POS .."),
        (confirm("rule_6", "ART", "GRV", ART=1, GRV=3, SUP_latest=6), f"ART 1 pour GRV 3, avec SUP 6 en stock: un cas grave sans artesunate? {OUI} COR ART .. ou GRV .."),
        (confirm("rule_8", "RFS", "GRV", RFS=0, GRV=2), f"RFS 0 pour GRV 2: un cas grave non refere? {OUI} COR RFS .. ou GRV .."),
        (confirm("rule_9", "DCD", DCD=1), f"1 deces d'enfant (DCD)? {OUI} COR DCD .."),
        (
            confirm("rule_12", "RST", "MAS", "GUE", "ABD", "SOD", RST=9, RST_last_month=6, MAS=2, GUE=1, ABD=0, SOD=0),
            "RST 9: pas RST 6 le mois passe + MAS 2 - GUE 1 - ABD 0 - SOD 0. Si exact OUI, sinon COR RST ..",
        ),
        (confirm("rule_13", "SOD", "DCD", SOD=1, DCD=0), f"SOD 1 est plus grand que DCD 0: les deces MAS comptent aussi dans DCD. {OUI} COR SOD .. ou DCD .."),
        (confirm("rule_16_same", *FORMS[1].required, **dict.fromkeys((*FORMS[1].required, *(f"{code}_last_month" for code in FORMS[1].required)), 4)), f"NUT: tout est comme le mois passe? {OUI} tout NUT."),
        (confirm("rule_17", "FIE", FIE=90, FIE_usual=20), f"FIE 90, d'habitude 20 sur votre site. {OUI} COR FIE .."),
        (confirm("rule_18", "ENF", ENF=40, ENF_opening=12, ENF_received=0), f"ENF 40, mais ENF 12 avant: avez-vous recu du stock? {OUI} COR ENF .."),
        (confirm("rule_18", "ENF", ENF=40, ENF_opening=12, ENF_received=20), f"ENF 40, mais ENF 12 avant + recu 20: avez-vous recu du stock? {OUI} COR ENF .."),
        (confirm("rule_19", "TDR", "KIT", TDR=10, KIT=12, KIT_opening=50, KIT_received=0), f"Stock KIT 50 avant - KIT 12: cette consommation ne va pas avec TDR 10. {OUI} COR TDR .. ou KIT .."),
        (
            Problem("rule_11", Level.REFUSE, ("GUE", "ABD", "SOD", "MAS"), {"GUE": 8, "ABD": 0, "SOD": 0, "MAS": 1, "RST_last_month": 6}),
            "GUE 8 + ABD 0 + SOD 0 depassent RST 6 le mois passe + MAS 1: plus de sorties que d'enfants. Corrigez: envoyez COR GUE .. ou ABD .. ou SOD .. ou MAS ..",
        ),
        (
            # More than six digits in all, but no number longer than a count.
            Problem("rule_10", Level.REFUSE, ("MAM", "MAS"), {"MAM": 100, "MAS": 60, "URE": 30, "DEP": 150}),
            "MAM 100 + MAS 60 + URE 30 depassent DEP 150: les malnutris ne depassent pas les depistes. Corrigez: envoyez COR MAM .. ou MAS ..",
        ),
    ],
    ids=lambda value: value.key if isinstance(value, Problem) else "",
)  # fmt: skip
def test_a_rule_tells_its_numbers_and_what_to_send(problem: Problem, text: str) -> None:
    assert problem_reply(CATALOGUE, "fr", [problem]) == text


def test_what_may_be_confirmed_stands_apart_from_what_must_be_corrected() -> None:
    death = confirm("rule_9", "DCD", DCD=1)
    both = reply(
        values={}, pending={"POS": 48, "TDR": 37, "DCD": 1}, problems=(death, POS_ABOVE_TDR)
    )
    assert french(both) == (
        "PEC mars A CORRIGER. No 7K4P. POS 48 depasse TDR 37. Corrigez: COR POS .. 1 deces (DCD)? "
        "Si exact OUI, sinon COR DCD .."
    )
    alone = reply(values={}, pending={"DCD": 1}, problems=(death,))
    assert french(alone).startswith("PEC mars A CONFIRMER. No 7K4P. 1 deces d'enfant (DCD)?")


def test_a_missing_code_goes_with_its_form_and_a_known_one_with_cor() -> None:
    wrong = (POS_ABOVE_TDR, Problem("two_values", Level.ASK, ("VUS",)))
    text = french(reply(values={}, pending={"POS": 48, "TDR": 37}, problems=wrong))
    assert text.endswith("Corrigez: COR POS .. PEC VUS ..")


def test_three_problems_in_words_and_the_rest_by_code() -> None:
    problems = [
        Problem("code_without_number", Level.ASK, (code,))
        for code in ("VUS", "DEP", "FIE", "IRA", "MAM")
    ] + [Problem("above_refuse", Level.REFUSE, ("DCD",), {"number": 70})]
    text = problem_reply(CATALOGUE, "fr", problems)
    assert text == (
        "DCD 70: trop grand, pas note. VUS: quel nombre? DEP: quel nombre? Corrigez: envoyez "
        "PEC DCD .. VUS .. NUT DEP .. Revoyez aussi FIE IRA MAM."
    )


def test_problems_that_one_number_may_mend_are_told_once() -> None:
    cases = ("TDR", "POS", "CTA")
    problems = [
        Problem("rule_15", Level.REFUSE, ("VUS", code), {"VUS": 0, code: 3}) for code in cases
    ]
    assert problem_reply(CATALOGUE, "fr", problems) == (
        "VUS 0 mais TDR 3: sans enfant vu, il n'y a pas de cas. Corrigez: envoyez COR VUS .. ou "
        "TDR .. Revoyez aussi POS CTA."
    )


def test_problems_without_a_code_are_announced() -> None:
    unknown = [
        Problem("unknown_code", Level.ASK, (), {"typed": typed})
        for typed in ("AB", "CD", "EF", "GH")
    ]
    assert problem_reply(CATALOGUE, "fr", unknown).endswith(
        "EF inconnu, pas note. Il y a d'autres erreurs."
    )


def test_what_waits_is_told() -> None:
    text = french(reply(values={"VUS": 45}, pending={"CTA": 60}, missing=("CTA",), complete=False))
    assert "Pas encore note: CTA 60. Corrigez: envoyez COR CTA .." in text
    assert "Manque" not in text


@pytest.mark.parametrize("number", [22370000001, "70 00 00 01", 10**40])
def test_what_may_be_a_telephone_number_is_not_repeated(number: object) -> None:
    text = problem_reply(
        CATALOGUE, "fr", [Problem("above_refuse", Level.REFUSE, ("VUS",), {"number": number})]
    )
    assert not set(text) & set(digits)


# --- How long replies get


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.keyword)
@pytest.mark.parametrize("optional", [False, True])
def test_a_complete_report_is_one_part(form: Form, language: str, optional: bool) -> None:
    values = at_limits(form, optional=optional)
    others = tuple(other.keyword for other in FORMS if other is not form)
    report = reply(
        form.keyword, period=longest_month(language), values=values, other_forms_missing=others
    )
    for facts in (report, reply(form.keyword, period=report.period, values=values)):
        text = report_reply(CATALOGUE, language, [facts])
        assert len(parts(text)) == 1
        assert numbers(text) == sorted(values.values())
    if not optional and form.keyword != "STK":
        assert "NUT" in report_reply(CATALOGUE, language, [report])


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_products_out_is_one_part(language: str) -> None:
    out = dict.fromkeys(CATALOGUE.forms["STK"].codes, 0)
    report = reply(
        "STK", period=longest_month(language), values=out, days_out=days(CATALOGUE.forms["STK"])
    )
    assert len(parts(report_reply(CATALOGUE, language, [report]))) == 1


def worst(
    form: Form, language: str, problems: tuple[Problem, ...], *, everything: bool, old: bool
) -> str:
    """Return a report full to its limits, with every number retyped and in doubt."""
    report = reply(
        form.keyword,
        period=longest_month(language),
        values=at_limits(form) if everything else {},
        days_out=days(form) if everything else {},
        missing=() if everything else form.required,
        pending=at_limits(form),
        problems=problems,
        repaired=form.codes,
        late=True,
        superseded=old,
    )
    return report_reply(CATALOGUE, language, [report], personal=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.keyword)
def test_the_worst_report_is_two_parts(form: Form, language: str) -> None:
    # Where the month or the sender is in doubt nothing is stored, so there is no report to tell.
    own = [
        problem
        for problem in PROBLEMS
        if set(problem.codes) <= set(form.codes) and problem.key not in WHOLE
    ]
    for first, everything, old in product(range(len(own)), (False, True), (False, True)):
        problems = (*own[first:], *own[:first])
        text = worst(form, language, problems, everything=everything, old=old)
        assert len(parts(text)) <= 2, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worst_of_problems_is_two_parts(language: str) -> None:
    for first in range(len(PROBLEMS)):
        problems = PROBLEMS[first:] + PROBLEMS[:first]
        text = problem_reply(CATALOGUE, language, problems, personal=True)
        assert len(parts(text)) <= 2, text


def test_a_number_is_never_dropped_for_room() -> None:
    everything = [reply(form.keyword, values=at_limits(form)) for form in FORMS]
    text = french(*everything).replace("No 7K4P", "")
    expected = sorted(value for form in FORMS for value in at_limits(form).values())
    assert numbers(text) == expected


@st.composite
def reports(draw: st.DrawFn) -> ReportReply:
    """Any filled form, with whatever may be said of it that holds no number of its own."""
    form = draw(st.sampled_from(FORMS))
    stored = draw(st.sets(st.sampled_from(form.codes)))
    values = {
        code: draw(st.integers(0, CATALOGUE.field(code).refuse_above))
        for code in form.codes
        if code in stored
    }
    out = {
        code: draw(st.integers(0, 31)) for code in values if CATALOGUE.field(code).takes_days_out
    }
    missing = tuple(code for code in form.required if code not in values)
    return reply(
        form.keyword,
        period=Period(2026, draw(st.integers(1, 12))),
        values=values,
        days_out=out,
        missing=missing,
        complete=not missing,
        repaired=tuple(sorted(draw(st.sets(st.sampled_from(sorted(values)))) if values else ())),
        late=draw(st.booleans()),
        unchanged=draw(st.booleans()),
        superseded=draw(st.booleans()),
        other_forms_missing=tuple(
            draw(st.lists(st.sampled_from(list(CATALOGUE.forms)), max_size=3))
        ),
    )


@given(reports(), st.sampled_from(LANGUAGES), st.booleans())
def test_every_stored_number_once_beside_its_label_or_code(
    report: ReportReply, language: str, personal: bool
) -> None:
    text = report_reply(CATALOGUE, language, [report], personal=personal)
    assert is_gsm7(text)
    assert len(parts(text)) <= 2
    assert numbers(text) == sorted([*report.values.values(), *report.days_out.values()])
    for code, value in report.values.items():
        # Where room is short, the typed code is the label.
        names = "|".join(map(re.escape, {CATALOGUE.field(code).short[language], code}))
        assert len(re.findall(rf"(?<![A-Za-z-])(?:{names}) ?{value}(?![0-9])", text)) == 1
    assert all(code in text for code in report.missing)


# --- One sentence


def test_say_falls_back_to_french_and_fills_in() -> None:
    assert say(CATALOGUE, "bm", "month_closed") == say(CATALOGUE, "fr", "month_closed")
    assert say(CATALOGUE, "bm", "code_without_number", code="TDR") == "TDR: joli?"
    assert "PEC, NUT, SMI ou STK" in say(CATALOGUE, "fr", "nothing_understood")


def test_say_takes_the_shorter_wording_where_there_is_one() -> None:
    assert say(CATALOGUE, "fr", "late", brief=True) == "Retard."
    assert say(CATALOGUE, "bm", "late", brief=True) == say(CATALOGUE, "bm", "late")


def test_say_folds_what_is_filled_in() -> None:
    assert say(CATALOGUE, "fr", "unknown_code", typed="ƐÊع") == "Code EE? inconnu, pas note."


@pytest.mark.parametrize(("key", "values"), [("no_such", {}), ("late", {}), ("unknown_code", {})])
def test_say_raises_for_what_cannot_be_said(key: str, values: dict[str, object]) -> None:
    bare = Catalogue(
        **{
            **{name: getattr(CATALOGUE, name) for name in CATALOGUE.__slots__},
            "words": {"fr": {"unknown_code": "{typed}"}, "bm": {}},
        }
    )
    with pytest.raises(KeyError):
        say(bare, "bm", key, **values)


def test_a_reply_begins_with_the_site_and_with_what_was_done() -> None:
    text = report_reply(CATALOGUE, "fr", (reply(),), note="dropped", site="Kola")
    assert text.startswith(f"Kola: {say(CATALOGUE, 'fr', 'dropped')} PEC mars OK. No 7K4P.")


def test_a_question_that_no_number_settles_is_answered_with_oui_alone() -> None:
    text = french(problems=[Problem("ras", Level.CONFIRM, (), {"form": "NUT"})])
    assert text == "NUT: tout a zero? Si oui, repondez OUI."
