"""A faulty catalogue is refused with every fault at once, each with its file and key."""

import shutil
from pathlib import Path

import pytest

from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from tests.menus.conftest import Edit, Spoil, faults_of


def test_a_copy_is_the_same(folder: Path) -> None:
    copy, shipped = load(folder), load()
    assert all(getattr(copy, name) == getattr(shipped, name) for name in Catalogue.__slots__)


PEC, STK, FR, BM = "forms/pec.toml", "forms/stk.toml", "words/fr.toml", "words/bm.toml"
CHECKS = "checks.toml"
FIELD = '[[fields]]\ncode = "{}"\nlabels = {{ fr = "X" }}\nshort = {{ fr = "{}" }}\nask_above = 1\nrefuse_above = 2\n'


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        (PEC, "order = 1", "order = ", "forms/pec.toml: not TOML: "),
        (PEC, "order = 1", "order = 1\ncolour = 3", "forms/pec.toml: colour: unknown key"),
        (PEC, "order = 1", "", "forms/pec.toml: order: missing"),
        (PEC, "order = 1", "order = true", "forms/pec.toml: order: expected a whole number"),
        (PEC, 'keyword = "PEC"', "keyword = 3", "forms/pec.toml: keyword: expected a text"),
        (PEC, 'code = "VUS"', 'code = "VU5"', "fields 1.code: expected 3 to 12 letters A-Z"),
        (PEC, 'code = "VUS"', 'code = "VU"', "fields 1.code: expected 3 to 12 letters A-Z"),
        (PEC, 'code = "VUS"', 'code = "vus"', "fields 1.code: expected 3 to 12 letters A-Z"),
        (PEC, 'code = "FIE"', 'code = "POS"', "forms: PEC POS: POS is taken by PEC POS"),
        (PEC, 'code = "FIE"', 'code = "BEB"', "forms: STK BEB: BEB is taken by PEC BEB"),
        (PEC, '"CON"', '"MAM"', "forms: NUT MAM: MAM is taken by PEC VUS"),
        (PEC, '"CON"', '"OUI"', "forms: PEC VUS: OUI is taken by keyword OUI"),
        (PEC, 'keyword = "PEC"', 'keyword = "STK"', "STK is another form's keyword"),
        (PEC, "ask_above = 150", "ask_above = 401", "ask_above: is above refuse_above (400)"),
        (PEC, "ask_above = 150", "ask_above = -1", "ask_above: expected a number from 0 to"),
        (PEC, "ask_above = 150", "", "fields 1.ask_above: missing"),
        (PEC, "required = false", "required = 0", "required: expected true or false"),
        (PEC, 'aliases = ["CON"]', 'aliases = "CON"', "fields 1.aliases: expected a list"),
        (PEC, 'aliases = ["CON"]', "aliases = [3]", "fields 1.aliases: expected a list of texts"),
        (PEC, '{ fr = "Cas de fièvre", bm = "Farigan" }', '"Fievre"', "labels: expected a table"),
        (PEC, 'fr = "Cas de fièvre", ', "", "fields 2.labels.fr: missing"),
        (PEC, '"Cas de fièvre"', '" "', "fields 2.labels.fr: is empty"),
        (PEC, '"Cas de fièvre"', '"Cas de ع"', "forms: PEC FIE.fr: GSM-7 has nothing like U+0639"),
        (PEC, 'fr = "Fievre"', 'fr = "Fievre2"', "FIE: short.fr holds a digit or a space"),
        (PEC, 'fr = "Fievre"', 'fr = "Pos"', "POS: short.fr is that of FIE as well"),
        (PEC, '"Cas de fièvre"', '"Cas", en = "Cases"', "fields 2.labels.en: unknown key"),
        (PEC, "ask_above = 150", 'data_element = "abc"\nask_above = 150', "data_element: expected a DHIS2 UID"),
        (PEC, "ask_above = 150", 'days_out_data_element = "none"\nask_above = 150', "only a product has days out"),
        (STK, '"LAST"', '"LATEST"', "fields 1.aggregation: expected one of SUM, LAST"),
        (STK, "pack_size = 30, ", "", "fields 1.product.pack_size: missing"),
        (PEC, 'left = ["POS"]', 'left = ["XYZ"]', "forms/pec.toml: checks: rule 3 names XYZ, no code of PEC"),
        (PEC, 'left = ["POS"]', 'left = ["DEP"]', "rule 3 names DEP, no code of PEC"),
        (PEC, 'left = ["POS"]', 'left = ["10 * POS"]', "checks 3.left: expected terms such as"),
        (PEC, 'left = ["POS"]', 'left = ["each"]', "checks 3.left: expected terms such as"),
        (PEC, 'op = "<="', 'op = "=<"', "checks 1.op: expected one of < <= =="),
        (PEC, 'level = "refuse"', 'level = "ask"', "checks 1.level: expected refuse or confirm"),
        (PEC, '"rule_3"', '"rule_three"', "words/fr.toml: rule_three: missing, rule 3 needs it"),
        (PEC, 'left = ["POS"]', 'left = ["TDR@opening"]', "rule 3 names a stock of TDR, no product"),
        (PEC, 'left = ["POS"]', 'left = ["POS@"]', "checks 3.left: expected terms such as"),
        (PEC, 'each = ["FIE", "IRA", "DIA", "VUN", "VUF"]', 'each = "all"', "checks 1.each: expected a list"),
        (CHECKS, "[[each_form]]", "[[every_form]]", "checks.toml: every_form: unknown key"),
        (CHECKS, 'left = ["SOD"]', 'left = ["XYZ"]', "checks.toml: across_forms: rule 13 names XYZ, no code of any form"),
        (CHECKS, 'left = ["SOD"]', 'left = ["required"]', "across_forms 2.left: expected terms such as"),
        (CHECKS, 'left = ["SOD"]', 'each = "field"\nleft = ["SOD"]', "across_forms 2.each: expected a list"),
        (CHECKS, '"SUP@latest"', '"ART@latest"', "rule 6 names a stock of ART, no product"),
        (CHECKS, "percent = 20, ", "", "across_forms 3.allow.percent: missing"),
        (CHECKS, "percent = 20", "percent = -1", "across_forms 3.allow.percent: expected a number from 0"),
        (CHECKS, 'right = ["required@last_month"]', "right = [0]", "differ needs as many terms on the left as on the right"),
        (CHECKS, 'words = "rule_13"', 'words = "rule_31"', "words/fr.toml: rule_31: missing, rule 13 needs it"),
        (FR, "rule_17 = \"{left}", "rule_17 = \"{FIE}", "rule_17: nothing fills {FIE}"),
        (FR, "number_usual =", "number_usua =", "words/fr.toml: number_usual: missing, the code needs it"),
        ("keywords.toml", "[OUI]", "[Oui]", "keywords.toml: Oui: expected 3 to 12 letters A-Z"),
        ("keywords.toml", '"AWO"', '"NON"', "keyword NON: NON is taken by keyword OUI"),
        ("keywords.toml", '["asc"]', '["agent"]', "RCU.roles: expected asc, dtc, district, got 'agent'"),
        ("keywords.toml", "[COR]", "[CORRIGE]", "keywords.toml: COR: missing"),
        ("keywords.toml", '"topic"', '"topics"', "AIDE.arguments: expected none, place, receipt_or_place"),
        ("keywords.toml", 'month = "due"', 'month = "late"', "RAS.month: expected none, open, due, got 'late'"),
        ("keywords.toml", "one_site = true", "one_site = 1", "RAS.one_site: expected true or false"),
        ("keywords.toml", 'fr = ["OUAIS"]', 'en = ["YES"]', "OUI.aliases.en: unknown key"),
        ("keywords.toml", '"help_oui"', '"help_yes"', "words/fr.toml: help_yes: missing, OUI needs it"),
        (FR, "above_ask =", "above_as =", "words/fr.toml: above_ask: missing, the code needs it"),
        (FR, "above_ask =", "above_as =", "words/fr.toml: above_as: no sentence is called that"),
        (FR, "cut_short =", "cutt_short =", "words/fr.toml: cutt_short: no sentence is called that"),
        (FR, "{code}: quel nombre?", "{cod}: quel nombre?", "code_without_number: nothing fills {cod}"),
        (FR, "{code}: quel nombre?", "{code!r}?", "code_without_number: expected a plain name in braces"),
        (FR, "{code}: quel nombre?", "{code", "code_without_number: "),
        (FR, "{code}: quel nombre?", "{code}: 3?", "code_without_number: holds a digit"),
        (FR, "{left} depassent", "{BEB} depassent", "rule_10: nothing fills {BEB}"),
        (BM, "{code}: joli?", "joli?", "words/bm.toml: code_without_number: its placeholders differ"),
        (BM, "late =", "lat =", "words/bm.toml: lat: there is no such sentence in French"),
        (BM, "late =", "# late =\nmonth_closed = \"{month}\"\n#", "month_closed: its placeholders differ"),
        ("programme.toml", "opens_on = 25", "opens_on = 31", "programme.toml: opens_on: expected a number from 1 to 28"),
        ("programme.toml", "late_until = 8", "late_until = 2", "closes_on: expected on_time_until <= late_until"),
        ("programme.toml", "auto_validate_on = 10", "auto_validate_on = 29", "auto_validate_on: expected a number from 1 to 28"),
        ("programme.toml", '"on_receipt"\n', '"at_once"\n', "forward: expected one of on_receipt"),
        ("programme.toml", "urgent_below = 50", "urgent_below = 150", "stock.order_below: expected urgent_below <= order_below"),
        ("programme.toml", "use_months = 3", "use_months = 0", "stock.use_months: expected a number from 1 to 6"),
        ("programme.toml", "use_months = 3", "months_used = 3", "stock.months_used: unknown key"),
        (STK, 'patients = "RST"', 'patients = "RSX"', "STK ATP: product.patients: no field is called RSX"),
        (STK, ", ration = 75", "", "product.ration: missing"),
        (STK, 'group = "CTA"', 'group = "CTA2"', "product.group: holds a digit"),
        ("programme.toml", '"janvier", ', "", "months.fr: expected the names of 12 months, got 11"),
        ("programme.toml", '"janvier"', '"mois 1"', "months.fr: 'mois 1' holds a digit"),
        (PEC, 'hint = { fr = "fievres" }', 'hint = { fr = "3 fievres" }', "fields 2.hint.fr: holds a digit"),
        ("programme.toml", '["MAM", "MAS"]', '["MAM"]', "near 1.words: expected two words or more"),
        ("programme.toml", "close_after_days = 30", "close_after_days = 2", "referrals.close_after_days: expected more than"),
    ],
)  # fmt: skip
def test_fault(spoilt: Spoil, name: str, old: str, new: str, fault: str) -> None:
    faults = spoilt(name, old, new)
    assert any(fault in told for told in faults), faults


def test_all_faults_at_once(folder: Path, edit: Edit) -> None:
    edit(PEC, "ask_above = 150", "ask_above = 999")
    edit(STK, 'code = "BEB"', 'code = "B1"')
    edit(FR, "late =", "lat =")
    edit("keywords.toml", '["asc"]', "[]\ncolour = 1")
    (folder / "words/bm.toml").unlink()
    (folder / "programme.toml").write_bytes(b"opens_on = 1 # \xe9")
    assert [told.split(": ")[0] for told in faults_of(folder)] == [
        "programme.toml",
        "forms/pec.toml",
        "forms/stk.toml",
        "keywords.toml",
        "words/bm.toml",
        "words/fr.toml",
        "words/fr.toml",
    ]


def test_the_keywords_of_an_older_catalogue_are_one_fault_that_names_the_file(folder: Path) -> None:
    (folder / "keywords.toml").rename(folder / "commands.toml")
    (fault,) = faults_of(folder)
    assert fault.startswith("commands.toml: this file is called keywords.toml now")


def test_an_unreadable_file_is_one_fault(folder: Path) -> None:
    (folder / "forms/nut.toml").write_text("keyword =", encoding="utf-8")
    assert len(faults_of(folder)) == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("", "forms/eau.toml: fields: a form needs at least one field"),
        ("fields = [3]\n", "forms/eau.toml: fields: expected a list of tables"),
    ],
)
def test_a_form_without_fields(folder: Path, fields: str, fault: str) -> None:
    text = f'keyword = "EAU"\norder = 5\n{fields}labels = {{ fr = "Eau" }}\n'
    (folder / "forms/eau.toml").write_text(text, encoding="utf-8")
    assert fault in faults_of(folder)


def test_no_forms(folder: Path) -> None:
    shutil.rmtree(folder / "forms")
    assert faults_of(folder)[0].startswith("forms: no form")


def test_a_field_is_added_in_one_file(folder: Path, edit: Edit) -> None:
    edit(
        STK,
        "",
        "\n"
        + FIELD.format("MUA", "Moustiq")
        + 'product = { unit = "pièce", pack_size = 50, start_monthly_use = 5 }\n',
    )
    catalogue = load(folder)
    assert catalogue.form_of["MUA"] == "STK"
    assert catalogue.field("MUA").labels["bm"] == "X"
    assert catalogue.forms["STK"].required[-1] == "MUA"


def test_a_check_is_added_in_one_file(folder: Path, edit: Edit) -> None:
    edit(
        "forms/smi.toml",
        "",
        '\n[[checks]]\nrule = 30\nleft = ["-2*NND", 3]\nop = "<="\nright = ["VNN@last_month"]\nlevel = "confirm"\nwords = "rule_30"\n',
    )
    edit(FR, "", '\nrule_30 = "{left}, mais {right}: {NND} sur {VNN_last_month}."\n')
    check = next(check for check in load(folder).forms["SMI"].checks if check.rule == 30)
    assert [(term.code, term.factor) for term in check.left] == [("NND", -2), ("", 3)]
    assert (check.codes, check.names) == (("NND",), {"NND", "VNN_last_month"})


def test_a_check_that_is_taken_out_may_leave_its_sentence(folder: Path, edit: Edit) -> None:
    path = folder / "forms/nut.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[[checks]]")], encoding="utf-8")
    shared = {check.rule for check in load(folder).forms["SMI"].checks} - {14, 23}
    assert {check.rule for check in load(folder).forms["NUT"].checks} == {13, *shared}


def test_a_check_between_forms_is_held_by_each_of_them_and_by_no_other() -> None:
    forms = load().forms.values()
    assert {form.keyword for form in forms if any(check.rule == 13 for check in form.checks)} == {
        "PEC",
        "NUT",
    }


def test_a_rule_of_every_form_reaches_a_form_that_is_added(folder: Path) -> None:
    text = 'keyword = "EAU"\norder = 5\nlabels = { fr = "Eau" }\n' + FIELD.format("PUI", "Puits")
    (folder / "forms/eau.toml").write_text(text, encoding="utf-8")
    checks = load(folder).forms["EAU"].checks
    assert [(check.rule, check.codes) for check in checks] == [
        (16, ("PUI",)),
        (16, ("PUI",)),
        (17, ("PUI",)),
    ]


def test_a_fault_in_a_rule_of_every_form_is_told_once(spoilt: Spoil) -> None:
    assert spoilt(CHECKS, 'right = ["3*each@usual"]', 'right = ["3*each@ever"]') == [
        (
            'checks.toml: each_form 3.right: expected terms such as "POS", "-TDR", "10*SRZ", '
            '"RST@last_month" or a whole number'
        )
    ]


def test_a_sentence_missing_in_bambara_is_no_fault(folder: Path) -> None:
    for path in (folder / "words").glob("bm*.toml"):
        path.write_text("", encoding="utf-8")
    assert load(folder).words["bm"] == {}


def test_the_sentences_of_a_topic_may_stand_in_a_file_of_their_own(
    folder: Path, edit: Edit
) -> None:
    edit(FR, 'late = "Recu en retard."\n', "")
    (folder / "words/fr_topic.toml").write_text('late = "En retard."\n', encoding="utf-8")
    assert load(folder).words["fr"]["late"] == "En retard."


def test_a_sentence_stands_in_one_file_only(folder: Path) -> None:
    (folder / "words/fr_topic.toml").write_text('late = "En retard {POS}."\n', encoding="utf-8")
    assert faults_of(folder) == [
        "words/fr_topic.toml: late: stands in words/fr.toml as well",
        "words/fr_topic.toml: late: nothing fills {POS}",
        "words/bm.toml: late: its placeholders differ from the French ({POS})",
    ]
