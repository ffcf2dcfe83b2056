"""Menus and groups as read: their content, and every fault with its place."""

import shutil
from pathlib import Path

import pytest

from menus.loading.loader import SHIPPED, CatalogueFault, load

ITEM = '[[items]]\ndigit = {}\nwords = "ussd_report"\n{}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "catalogue"
    shutil.copytree(str(SHIPPED), made)
    return made


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueFault) as caught:
        load(folder)
    return caught.value.faults


def menu(folder: Path, text: str) -> None:
    (folder / "ussd/agent.toml").write_text(f'roles = ["asc"]\n{text}', encoding="utf-8")


def test_the_menus_that_the_product_ships() -> None:
    ussd = load().ussd
    agent = [
        (item.digit, item.opens or item.form or item.command) for item in ussd.menu_of("asc").items
    ]
    assert agent == [
        ("1", "forms"), ("2", "STK"), ("3", "RUPT"), ("4", "REF"), ("5", "ETAT"), ("6", "AIDE"),
        ("7", "LANGUE"),
    ]  # fmt: skip
    above = [(item.digit, item.command) for item in ussd.menu_of("dtc").items]
    assert above == [("1", "ETAT"), ("2", "MANQ"), ("3", "RUPT"), ("4", "SUIVI"), ("5", "VAL")]
    assert ussd.menu_of("district") == ussd.menu_of("dtc")
    assert ussd.menu_of("nobody").items == ()


def test_every_required_code_stands_in_one_group() -> None:
    catalogue = load()
    for form in catalogue.forms.values():
        groups = catalogue.ussd.groups[form.keyword]
        named = [code for group in groups for code in group]
        assert sorted(named) == sorted(set(named))
        assert set(form.required) <= set(named) <= set(form.codes)
        assert all(1 <= len(group) <= 5 for group in groups)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ITEM.format(1, 'opens = "forms"') * 2, "items 1.digit: 1 stands at another item"),
        (ITEM.format(1, ""), "items 1.digit: 1: expected one of opens, form, command"),
        (ITEM.format(1, 'opens = "doors"'), "items 1.opens: expected forms"),
        (ITEM.format(1, 'form = "XYZ"'), "items 1.form: no form is called XYZ"),
        (ITEM.format(1, 'command = "DANSE"'), "items 1.command: no command is called DANSE"),
        (ITEM.format(1, 'command = "MANQ"'), "items 1.command: MANQ is not for every role"),
        (ITEM.format(0, 'form = "PEC"'), "items 1.digit: expected a number from 1 to 9, got 0"),
        (ITEM.format(1, 'form = "PEC"\ncolour = 1'), "items 1.colour: unknown key"),
        (
            ITEM.format(1, 'command = "RUPT"')
            + '[[items.questions]]\nwords = "ussd_which_product"\nlist = "cows"\n',
            "questions 1.list: expected one of products, sites, months",
        ),
        (
            ITEM.format(1, 'command = "RUPT"') + '[[items.questions]]\nwords = "ussd_age"\n',
            "questions 1.words: expected one of list, choices, or low and high",
        ),
        (
            ITEM.format(1, 'command = "RUPT"')
            + '[[items.questions]]\nwords = "ussd_age"\nlow = 9\nhigh = 2\n',
            "questions 1.high: is less than low",
        ),
    ],
)
def test_what_is_wrong_with_a_menu(folder: Path, text: str, fault: str) -> None:
    menu(folder, text)
    assert any(fault in told for told in faults_of(folder)), faults_of(folder)


def test_words_that_are_missing(folder: Path) -> None:
    menu(folder, ITEM.format(1, 'form = "PEC"').replace("ussd_report", "ussd_dance"))
    assert any("ussd_dance: missing, a menu needs it" in told for told in faults_of(folder))


def test_two_menus_for_a_role(folder: Path) -> None:
    shutil.copy(folder / "ussd/agent.toml", folder / "ussd/other.toml")
    assert faults_of(folder) == ["ussd: asc has more than one menu"]


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        ('NUT = [["DEP", "XYZ"]]', "groups.NUT: XYZ is no code of this form"),
        ('NUT = [["DEP"], ["DEP"]]', "groups.NUT: DEP stands in more than one group"),
        ('NUT = ["DEP"]', "groups.NUT: expected lists of codes"),
        ("NUT = [[]]", "groups.NUT: a group has 1 to 5 codes, got 0"),
        ('ZZZ = [["DEP"]]', "groups.ZZZ: no form is called that"),
    ],
)
def test_what_is_wrong_with_groups(folder: Path, groups: str, fault: str) -> None:
    (folder / "ussd/groups.toml").write_text(f"[groups]\n{groups}\n", encoding="utf-8")
    assert f"ussd/groups.toml: {fault}" in faults_of(folder)


def test_a_code_without_a_group_is_asked_after_the_others(folder: Path) -> None:
    (folder / "ussd/groups.toml").write_text('[groups]\nNUT = [["DEP", "MAM"]]\n', encoding="utf-8")
    assert load(folder).ussd.groups["NUT"] == (
        ("DEP", "MAM"),
        ("MAS", "URE", "GUE", "ABD"),
        ("SOD", "RST"),
    )
    assert len(load(folder).ussd.groups["PEC"]) == 4


def test_a_programme_without_dialogues(folder: Path) -> None:
    shutil.rmtree(folder / "ussd")
    assert load(folder).ussd.menus == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("septets = 200", "ussd.septets: expected a number from 80 to 182, got 200"),
        ("keep = 5", "ussd.keep: expected a number from 60 to 86400, got 5"),
        ('septets_of_network = { 61002 = "x" }', "61002: expected a whole number"),
        ("colour = 1", "ussd.colour: unknown key"),
    ],
)
def test_limits_of_the_programme(folder: Path, line: str, fault: str) -> None:
    path = folder / "programme.toml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[ussd]"), text.index("[months]")
    path.write_text(f"{text[:start]}[ussd]\n{line}\n{text[end:]}", encoding="utf-8")
    assert any(fault in told for told in faults_of(folder)), faults_of(folder)
