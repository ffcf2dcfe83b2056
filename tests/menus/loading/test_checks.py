"""Cross-checks as they are written: terms, `each`, `given`, and checks of several forms."""

import pytest

from menus.loading.checks import with_own_checks, with_shared_checks
from menus.model.catalogue import Field, Form, Product
from menus.model.cross_check import Allowance, Check, Level, Term, When
from tests.menus.loading.toml import table_of

LABEL = {"fr": "X"}
PEC = Form("PEC", LABEL, tuple(Field(code, LABEL, LABEL, 1, 2) for code in ("VUS", "FIE", "TDR")))
STOCK = Field("SUP", LABEL, LABEL, 1, 2, required=False, product=Product("x", 1, 1))
STK = Form("STK", LABEL, (STOCK, Field("ATP", LABEL, LABEL, 1, 2)))
CHECK = '[[checks]]\nrule = 1\nlevel = "refuse"\nwords = "rule_1"\n'
SHARED = CHECK.replace("checks", "{}")


def own(text: str) -> tuple[tuple[Check, ...], list[str]]:
    table = table_of(CHECK + text)
    return with_own_checks(table, PEC).checks, table.faults


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ('"FIE"', (Term("FIE"),)),
        ('"-FIE", 3', (Term("FIE", -1), Term(factor=3))),
        ('"10*FIE@last_month"', (Term("FIE", 10, When.LAST_MONTH),)),
        ('"required"', (Term("VUS"), Term("FIE"), Term("TDR"))),
        ('"-2*required@usual"', tuple(Term(c, -2, When.USUAL) for c in ("VUS", "FIE", "TDR"))),
    ],
)
def test_a_term_is_read(written: str, terms: tuple[Term, ...]) -> None:
    (check,), faults = own(f'left = [{written}]\nop = "<="\nright = ["VUS"]')
    assert (check.left, faults) == (terms, [])


def test_a_check_may_allow_a_difference_and_depend_on_another() -> None:
    (check,), faults = own(
        'left = ["FIE"]\nop = "=="\nright = ["TDR"]\nallow = { percent = 20, units = 2 }\n'
        'given = { left = ["VUS"], op = ">", right = [0] }'
    )
    given = Check(1, (Term("VUS"),), ">", (Term(factor=0),), Level.REFUSE, "rule_1")
    assert (check.given, check.allow, faults) == (given, Allowance(20, 2), [])


@pytest.mark.parametrize(
    ("each", "codes"),
    [('["FIE", "TDR"]', ["FIE", "TDR"]), ('"field"', ["VUS", "FIE", "TDR"])],
)
def test_a_check_is_repeated_for_each_code(each: str, codes: list[str]) -> None:
    checks, faults = own(f'each = {each}\nleft = ["each"]\nop = "<="\nright = ["VUS"]')
    assert ([check.left for check in checks], faults) == ([(Term(code),) for code in codes], [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('left = []\nop = "<="\nright = [0]', "checks 1.left: expected terms such as"),
        ('left = [true]\nop = "<="\nright = [0]', "checks 1.left: expected terms such as"),
        ('left = ["FIE@today"]\nop = "<="\nright = [0]', "checks 1.left: expected terms such"),
        ('left = ["FIE"]\nop = "~"\nright = [0]', "checks 1.op: expected one of < <= == != >= >"),
        ('left = ["FIE", "TDR"]\nop = "differ"\nright = [0]', "differ needs as many terms on"),
        ('left = ["SUP"]\nop = "<="\nright = [0]', "rule 1 names SUP, no code of PEC"),
        ('left = ["FIE@opening"]\nop = "<="\nright = [0]', "names a stock of FIE, no product"),
    ],
)
def test_a_fault_of_a_check(text: str, fault: str) -> None:
    assert [told for told in own(text)[1] if fault in told]


def test_a_check_across_forms_goes_to_each_of_them() -> None:
    table = table_of(
        SHARED.format("across_forms") + 'left = ["FIE"]\nop = "<="\nright = ["SUP@latest"]\n'
    )
    forms = with_shared_checks(table, {"PEC": PEC, "STK": STK})
    across = Check(
        1, (Term("FIE"),), "<=", (Term("SUP", when=When.LATEST),), Level.REFUSE, "rule_1"
    )
    assert (forms["PEC"].checks, forms["STK"].checks, table.faults) == ((across,), (across,), [])


def test_a_check_of_each_form_is_repeated() -> None:
    table = table_of(SHARED.format("each_form") + 'left = ["required"]\nop = ">"\nright = [0]\n')
    forms = with_shared_checks(table, {"PEC": PEC, "STK": STK})
    assert [len(form.checks[0].left) for form in forms.values()] == [3, 1]


@pytest.mark.parametrize(
    ("earlier", "faults"),
    [
        ([], ["file.toml: across_forms: rule 1 names XYZ, no code of any form"]),
        (["forms/pec.toml: x"], ["forms/pec.toml: x"]),
    ],
)
def test_unknown_codes_wait_until_the_forms_are_sound(
    earlier: list[str], faults: list[str]
) -> None:
    table = table_of(SHARED.format("across_forms") + 'left = ["XYZ"]\nop = ">"\nright = [0]\n')
    table.faults.extend(earlier)
    with_shared_checks(table, {"PEC": PEC})
    assert table.faults == faults
