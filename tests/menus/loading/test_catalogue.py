"""The shipped catalogue says what the programme decided: codes, limits, rules, keywords."""

from itertools import pairwise

import pytest

from menus.gsm7 import lost
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES, Catalogue
from menus.model.cross_check import Check, Level, Term


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


FORMS = {
    "PEC": "VUS FIE TDR POS CTA GRV ART IRA AMX DIA SRZ RFS DCD",
    "NUT": "DEP MAM MAS URE GUE ABD SOD RST",
    "SMI": "VAD CPN VNN NND PIL INJ CDM EDU",
    "STK": "BEB ENF KIT SEL ZIN MOX SUP ATP PAR PLQ SAY CAP",
}
LIMITS = {
    "VUS": (150, 400), "FIE": (120, 300), "TDR": (120, 300), "POS": (100, 300), "CTA": (100, 300),
    "GRV": (15, 100), "ART": (15, 100), "IRA": (40, 150), "AMX": (40, 150), "DIA": (60, 200),
    "SRZ": (60, 200), "RFS": (25, 100), "DCD": (3, 10), "DEP": (300, 600), "MAM": (25, 100),
    "MAS": (15, 60), "URE": (6, 30), "GUE": (15, 60), "ABD": (6, 30), "SOD": (2, 10),
    "RST": (30, 120), "VAD": (200, 500), "CPN": (60, 150), "VNN": (30, 90), "NND": (6, 30),
    "PIL": (30, 150), "INJ": (40, 150), "CDM": (300, 2000), "EDU": (25, 60), "BEB": (60, 300),
    "ENF": (60, 300), "KIT": (120, 500), "SEL": (120, 1000), "ZIN": (500, 2000),
    "MOX": (500, 2000), "SUP": (20, 100), "ATP": (900, 3000), "PAR": (1000, 3000),
    "PLQ": (80, 300), "SAY": (60, 200), "CAP": (300, 2000),
}  # fmt: skip


def test_forms_in_their_order(shipped: Catalogue) -> None:
    assert {form.keyword: " ".join(form.required) for form in shipped.forms.values()} == FORMS
    assert list(shipped.forms) == list(FORMS)


def test_limits(shipped: Catalogue) -> None:
    found = {code: shipped.field(code) for code in LIMITS}
    assert {code: (field.ask_above, field.refuse_above) for code, field in found.items()} == LIMITS


def test_optional_fields(shipped: Catalogue) -> None:
    optional = {code for code in shipped.form_of if not shipped.field(code).required}
    assert optional == {"VUN", "VUF", "REN", "IMP", "EDP"}
    assert "DCM" not in shipped.form_of


def test_aliases(shipped: Catalogue) -> None:
    aliases = {word: code for word, code in shipped.code_of.items() if word != code}
    assert aliases == {"CON": "VUS", "TDP": "POS", "SRO": "SRZ"}
    assert shipped.keyword_of["CORR"] == "COR"


def test_stock_is_counted_at_the_end_of_the_month(shipped: Catalogue) -> None:
    last = {code for code in shipped.form_of if shipped.field(code).aggregation == "LAST"}
    assert last == {*FORMS["STK"].split(), "RST"}
    products = {code for code in shipped.form_of if shipped.field(code).takes_days_out}
    assert products == set(FORMS["STK"].split())


def test_every_keyword_and_who_may_use_it(shipped: Catalogue) -> None:
    everybody, above = ("asc", "dtc", "district"), ("dtc", "district")
    roles = {command.keyword: command.roles for command in shipped.commands.values()}
    assert roles == {
        **dict.fromkeys(
            ["OUI", "NON", "COR", "ANNULE", "RAS", "AIDE", "LANGUE", "ETAT", "SUITE", "RUPT"],
            everybody,
        ),
        **dict.fromkeys(["RCU", "REF", "PARTI", "REFUS", "FAIT"], ("asc",)),
        **dict.fromkeys(["CRF", "MANQ", "SUIVI", "RELANCE", "VAL", "POUR"], above),
        **dict.fromkeys(["COMMANDE", "NUMERO"], ("dtc",)),
    }
    # One letter from SEL: a number is changed by NUMERO.
    assert "TEL" not in shipped.keyword_of


def side(terms: tuple[Term, ...]) -> str:
    texts = []
    for term in terms:
        times = f"{abs(term.factor)}*" if abs(term.factor) > 1 else ""
        text = f"{times}{term.name}" if term.code else str(term.factor)
        texts.append(f"-{text}" if term.factor < 0 else f"+{text}")
    return "".join(texts)[1:]


def as_text(check: Check) -> str:
    text = f"{check.rule}: {side(check.left)} {check.op} {side(check.right)}"
    if check.allow:
        text += f" +-{check.allow.units} or {check.allow.percent}%"
    given = check.given
    return f"{text} given {side(given.left)} {given.op} {side(given.right)}" if given else text


def checks_of(shipped: Catalogue, keyword: str, level: Level) -> list[str]:
    """Return a form's own rules, without those of every form."""
    checks = shipped.forms[keyword].checks
    return [
        as_text(check) for check in checks if check.level is level and check.rule not in (16, 17)
    ]


def test_what_cannot_be(shipped: Catalogue) -> None:
    found = [text for form in shipped.forms for text in checks_of(shipped, form, Level.REFUSE)]
    assert found == [
        *(f"1: {code} <= VUS" for code in ("FIE", "IRA", "DIA", "VUN", "VUF")),
        "2: TDR <= FIE",
        "3: POS <= TDR",
        "4: CTA <= POS+FIE-TDR",
        "5: GRV <= FIE",
        "5: ART <= GRV",
        "7: AMX <= IRA",
        "7: SRZ <= DIA",
        *(
            f"15: VUS > 0 given {code} > 0"
            for code in ["TDR", "POS", "CTA", "GRV", "ART", "AMX", "SRZ", "RFS"]
        ),
        "10: MAM+MAS+URE <= DEP",
        "11: GUE+ABD+SOD <= RST_last_month+MAS",
    ]


BOTH_CTA = "BEB_opening+BEB_received-BEB+ENF_opening+ENF_received-ENF"


def used(product: str, op: str, treated: str) -> str:
    left = f"{product}_opening+{product}_received"
    return f"19: {left}-{product} {op} {treated} +-5 or 20% given {left} >= {product}"


USED = [
    used("KIT", "==", "TDR"),
    (
        f"19: {BOTH_CTA} == CTA +-5 or 20% given "
        f"{BOTH_CTA.replace('-BEB', '').replace('-ENF', '')} >= BEB+ENF"
    ),
    used("SUP", "==", "ART"),
    used("ZIN", "==", "10*SRZ"),
    used("SEL", "==", "2*SRZ"),
    used("MOX", ">=", "10*AMX"),
    used("MOX", "<=", "20*AMX"),
]
DOSE = "6: ART >= GRV given SUP_latest > 0"


@pytest.mark.parametrize(
    ("form", "checks"),
    [
        (
            "PEC",
            [
                "4: CTA <= POS",
                "8: RFS >= GRV",
                "9: DCD == 0",
                DOSE,
                "13: SOD <= DCD",
                *USED,
                "23: RFS == RFS_counted",
            ],
        ),
        ("NUT", ["12: RST == RST_last_month+MAS-GUE-ABD-SOD", "13: SOD <= DCD"]),
        ("SMI", ["14: NND <= VNN", "23: NND == NND_counted"]),
        (
            "STK",
            [
                *(f"18: {code} <= {code}_opening+{code}_received" for code in FORMS["STK"].split()),
                DOSE,
                *USED,
            ],
        ),
    ],
)
def test_what_may_be_true_after_all(shipped: Catalogue, form: str, checks: list[str]) -> None:
    assert checks_of(shipped, form, Level.CONFIRM) == checks


@pytest.mark.parametrize("keyword", FORMS)
def test_rules_of_every_form(shipped: Catalogue, keyword: str) -> None:
    form = shipped.forms[keyword]
    required = FORMS[keyword].split()
    every, before = "+".join(required), "+".join(f"{code}_last_month" for code in required)
    assert [as_text(check) for check in form.checks if check.rule in (16, 17)] == [
        f"16: {every} > 0",
        f"16: {every} differ {before} given {every} > 0",
        *(f"17: {code} <= 3*{code}_usual given {code} > 20" for code in form.codes),
    ]


def test_all_rules_about_numbers_are_there(shipped: Catalogue) -> None:
    # 23 is of our own: the month's referrals are known one by one.
    # 20 counts the days of the month; 21 and 22 are about months, sites and versions.
    rules = {check.rule for form in shipped.forms.values() for check in form.checks}
    assert rules == {*range(1, 20), 23}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_can_be_sent(shipped: Catalogue, language: str) -> None:
    fields = [shipped.field(code) for code in shipped.form_of]
    texts = [
        *shipped.words[language].values(),
        *shipped.programme.months[language],
        *shipped.programme.months_short[language],
        *(text for field in fields for text in (field.labels[language], field.short[language])),
    ]
    assert [text for text in texts if lost(text)] == []
    assert len(texts) > 100


def test_calendar(shipped: Catalogue) -> None:
    programme = shipped.programme
    days = (1, programme.on_time_until, programme.late_until, programme.closes_on)
    assert all(earlier < later for earlier, later in pairwise(days))
    assert (programme.opens_on, programme.assume_previous_until) == (25, 20)
    assert programme.forward == "on_receipt"


def test_labels_that_nobody_has_confirmed_are_marked(shipped: Catalogue) -> None:
    uncertain = {code for code in shipped.form_of if "labels.bm" in shipped.field(code).uncertain}
    assert uncertain == {"IRA", "SRZ", "DEP", "MAM", "MAS", "URE", "VAD"}
