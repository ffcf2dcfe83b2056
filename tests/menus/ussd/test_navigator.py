"""The dialogue: the transition of each answer, in the words and rules of an SMS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from menus.ussd import navigator
from menus.ussd.state import (
    Caller,
    DialogueState,
    File,
    Offer,
    Open,
    Run,
    Screen,
    Sheet,
)
from tests.menus.ussd.callers import AWA, CATALOGUE, KOLA, NANA


@dataclass(slots=True)
class Walk:
    """A dialogue with a store that takes everything, and a state that goes through JSON."""

    caller: Caller = AWA
    stored: Mapping[str, int] = field(default_factory=dict)
    known: Mapping[str, int] = field(default_factory=dict)
    locked: bool = False
    state: DialogueState = field(init=False)
    effects: list[Open | File | Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = navigator.start(self.caller)

    def sheet(self, form: str, month: str) -> Sheet:
        complete = set(CATALOGUE.forms[form].required) <= self.stored.keys()
        return Sheet(
            form, month, self.stored, "4K7M", complete, self.locked, ("NUT", "SMI"), self.known
        )

    def keys(self, *answers: str) -> Screen:
        for answer in answers:
            kept = json.loads(json.dumps(self.state.to_json()))
            assert DialogueState.from_json(kept) == self.state
            step = navigator.step(CATALOGUE, DialogueState.from_json(kept), answer)
            self.state = step.state
            match step.effect:
                case Open() as effect:
                    sheet = self.sheet(effect.form, effect.month)
                    self.state = navigator.opened(CATALOGUE, self.state, sheet, effect.how)
                case File() as effect:
                    self.stored = {**self.stored, **effect.values}
                    sheet = self.sheet(effect.form, effect.month)
                    self.state = navigator.filed(CATALOGUE, self.state, sheet, "told by SMS")
                case Run() as effect:
                    self.state = navigator.told(self.state, f"{effect.text}: fait.")
            if step.effect is not None:
                self.effects.append(step.effect)
        return navigator.screen(CATALOGUE, self.state)

    @property
    def files(self) -> list[str]:
        return [navigator.as_sms(effect) for effect in self.effects if isinstance(effect, File)]


def walk(*answers: str, **more: object) -> Screen:
    return Walk(**more).keys(*answers)  # type: ignore[arg-type]  # test data by name


PEC = ("1", "1")


@pytest.mark.parametrize(
    ("offered", "digits"),
    [
        ((), "12"),
        (("ETAT",), "125"),
        (("AIDE", "ETAT", "LANGUE", "REF", "RUPT"), "1234567"),
    ],
)
def test_an_item_shows_once_its_command_works_and_keeps_its_digit(
    offered: Sequence[str], digits: str
) -> None:
    caller = replace(AWA, offered=tuple(offered))
    lines = walk("00", caller=caller).text.splitlines()[1:]
    assert "".join(line[0] for line in lines) == digits
    assert walk("4", caller=replace(AWA, offered=())).text.startswith("Pas ce choix.")


def test_a_place_without_a_menu_is_told_what_to_do() -> None:
    shown = walk(caller=replace(AWA, places=(replace(KOLA, role="cook"),)))
    assert shown.ends
    assert shown.text == "Pas de menu ici. Envoyez votre rapport par SMS: PEC, NUT, SMI ou STK."


def test_fewer_numbers_are_taken_and_the_rest_is_asked() -> None:
    assert "tests faits*tests positifs*traites par CTA" in walk(*PEC, "45*38").text
    assert walk(*PEC, "45*38", "37", "28 27").text.startswith(
        "Vus 45, Fievre 38, TDR 37, Pos 28, CTA 27."
    )


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("1*2*3*4*5*6", "Trop de nombres, rien n'est pris."),
        ("abc", "Pas compris: des chiffres seulement."),
        ("", "Pas compris: des chiffres seulement."),
        ("9" * 200, "Pas compris: des chiffres seulement."),
        ("45*x", "Pas compris: des chiffres seulement."),
        ("45**38", "Pas compris: des chiffres seulement."),
        ("٤٥", "Pas compris: des chiffres seulement."),
        ("-1", "Pas compris: des chiffres seulement."),
        ("4.5", "Pas compris: des chiffres seulement."),
        ("45*00*3", "Pas compris: des chiffres seulement."),
        ("1234567", "Pas compris: des chiffres seulement."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_taken(answer: str, line: str) -> None:
    before = walk(*PEC)
    shown = Walk()
    told = shown.keys(*PEC, answer)
    assert told.name == before.name == "numbers"
    assert told.text == (
        f"{line}\nPEC octobre 1/3. Tapez les nombres avec * entre eux: Vus*Fievre*TDR*Pos*CTA\n"
        "00 Retour\n000 Menu"
    )
    assert shown.state.typed == {}


@pytest.mark.parametrize("zeros", ["0*0*0*0*0", "0", "00000"])
def test_zero_is_a_count_and_two_zeros_are_none(zeros: str) -> None:
    made = Walk()
    made.keys(*PEC, zeros)
    assert set(made.state.typed.values()) == (set() if zeros == "00000" else {0})


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ((*PEC, "00"), "forms"),
        ((*PEC, "45", "00"), "numbers"),
        ((*PEC, "45*38*37*28*27", "00"), "numbers"),
        ((*PEC, "000"), "menu"),
        ((*PEC, "45*38*37*28*27", "000"), "menu"),
        (("1", "00"), "menu"),
        (("1", "5", "00"), "forms"),
        (("3", "00"), "menu"),
        (("4", "14", "00"), "ask"),
        (("5", "00"), "menu"),
    ],
)
def test_back_and_home(answers: Sequence[str], name: str) -> None:
    made = Walk()
    assert made.keys(*answers).name == name
    assert made.state.typed == {}
    assert made.files == []


def test_a_limit_is_told_at_once_and_the_number_typed_anew() -> None:
    made = Walk()
    assert made.keys(*PEC, "45*38*500").text.startswith("TDR 500: trop grand, pas note.")
    assert made.state.at == "retype"
    assert made.keys("37").name == "numbers"
    assert made.keys("28*27").text.startswith("Vus 45, Fievre 38, TDR 37")


def test_a_rule_is_told_at_once_and_either_number_mends_it() -> None:
    made = Walk()
    shown = made.keys(*PEC, "45*60")
    assert shown.text.startswith("FIE 60 est plus grand que VUS 45")
    assert "1 Fievre 60\n2 Vus 45" in shown.text
    assert made.keys("2", "65").name == "numbers"
    assert dict(made.state.typed) == {"VUS": 65, "FIE": 60}


def test_a_rule_holds_against_what_is_stored() -> None:
    made = Walk(stored={"VUS": 10, "FIE": 8, "TDR": 8, "POS": 5, "CTA": 5})
    shown = made.keys(*PEC, "1", "1*1*11*1")
    assert shown.text.startswith("IRA 11 est plus grand que VUS 10")
    assert made.keys("2", "12", "1").name == "numbers"
    assert made.files == ["PEC 10 GRV 1 ART 1 IRA 11 AMX 1 VUS 12"]


def test_another_form_is_looked_at_too() -> None:
    known = {"SUP": 4, "SUP_latest": 4}
    made = Walk(stored={"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27}, known=known)
    assert "avec SUP 4 en stock" in made.keys(*PEC, "1", "3*1*9*9").text


def test_a_doubt_is_confirmed_on_the_spot() -> None:
    made = Walk(stored={"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27})
    made.keys(*PEC, "1", "2*2*9*9", "1")
    assert made.keys("11*10*3*1").text == "1 deces d'enfant (DCD)?\n1=Oui 2=Corriger"
    assert made.keys("1").name == "read_back"
    assert made.keys("1").ends
    assert made.effects[-1] == File(
        "PEC", "202610", {"DIA": 11, "SRZ": 10, "RFS": 3, "DCD": 1}, {}, ("DCD",)
    )


def test_a_doubt_is_asked_again_when_the_number_changes() -> None:
    made = Walk()
    assert made.keys(*PEC, "200*38*37*28*27").name == "question"
    assert made.keys("1").name == "read_back"
    assert made.keys("2", "1", "210").name == "question"
    assert made.keys("2").name == "retype"
    assert made.keys("45").name == "read_back"
    made.keys("1")
    assert made.effects[-1] == File(
        "PEC", "202610", {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27}, {}, ()
    )


def test_one_field_is_corrected_by_its_digit() -> None:
    made = Walk()
    shown = made.keys(*PEC, "45*38*37*28*27", "2")
    assert "4 Pos 28" in shown.text
    assert "tests positifs" in made.keys("4").text
    assert made.keys("27").text.startswith("Vus 45, Fievre 38, TDR 37, Pos 27, CTA 27.")


def test_stock_asks_for_the_days_without() -> None:
    made = Walk()
    assert "CTA-beb*SRO" in made.keys("2", "0*5*6*0").text
    assert "pas tant de jours" in made.keys("32*1").text
    assert made.keys("31").text.count("SRO") == 1
    assert made.keys("0").text.startswith("CTA-beb 0 (31j), CTA-enf 5, Tests 6, SRO 0 (0j).")
    made.keys("1")
    assert made.files == ["STK 10 BEB 0J31 ENF 5 KIT 6 SEL 0J0"]


def test_what_is_stored_is_not_asked_again() -> None:
    made = Walk(stored={"VUS": 45, "TDR": 37, "POS": 28, "CTA": 27, "GRV": 2})
    assert made.keys(*PEC).text.startswith(
        "PEC octobre pas fini.\n1 Continuer le rapport d'octobre (0/3)\n2 Recommencer"
    )
    assert made.keys("1").text.startswith("PEC octobre 1/3. Tapez le nombre: fievres")
    assert "artesunate donne*infections" in made.keys("38", "1").text


def test_a_complete_report_is_begun_anew_or_left() -> None:
    everything = dict.fromkeys(CATALOGUE.forms["NUT"].required, 1)
    made = Walk(stored=everything)
    assert made.keys("1", "2").text == (
        "NUT octobre est complet. No 4K7M.\n2 Recommencer\n00 Retour"
    )
    assert "1/2" in made.keys("2").text


def test_begun_anew_a_number_is_not_held_against_those_still_to_come() -> None:
    stored = {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27, "IRA": 30}
    made = Walk(stored=stored)
    assert made.keys(*PEC, "2", "35").name == "numbers"
    assert made.keys("30*30*20*20").name == "read_back"
    assert Walk(stored=stored).keys(*PEC, "2", "28").text.startswith("IRA 30 est plus grand")


def test_what_is_locked_cannot_be_begun_anew() -> None:
    everything = dict.fromkeys(CATALOGUE.forms["NUT"].required, 1)
    made = Walk(stored=everything, locked=True)
    assert "Recommencer" not in made.keys("1", "2").text
    assert made.keys("2").name == "complete"


def test_numbers_that_were_not_taken_are_told() -> None:
    made = Walk()
    made.keys(*PEC, "45*38*37*28*27")
    refused = navigator.filed(CATALOGUE, made.state, Sheet("PEC", "202610"), "told by SMS")
    assert navigator.screen(CATALOGUE, refused).text == "told by SMS\n00 Menu"


@pytest.mark.parametrize(
    ("caller", "answers", "run"),
    [
        (AWA, ("5",), Run("ETAT")),
        (AWA, ("7", "2"), Run("LANGUE", ("BM",))),
        (AWA, ("3", "12", "1"), Run("RUPT", ("CAP",))),
        (AWA, ("4", "14", "2", "1", "1*2", "1"), Run("REF", ("14", "F", "PG", "ART AMX"))),
        (NANA, ("2",), Run("MANQ")),
        (NANA, ("5", "2", "1", "1"), Run("VAL", ("TENE", "10"), site="TENE", month=10)),
    ],
)
def test_a_command_is_composed(caller: Caller, answers: Sequence[str], run: Run) -> None:
    made = Walk(caller=caller)
    assert made.keys(*answers).text.startswith(f"{run.text}: fait.")
    assert made.effects == [run]


def test_sites_of_one_name_are_told_apart() -> None:
    made = Walk(caller=replace(NANA, sites=(("K1", "Kola"), ("K2", "Kola"), ("T1", "Tene"))))
    assert "1 Kola K1\n2 Kola K2\n3 Tene\n" in made.keys("5").text
    assert "Kola K2 octobre" in made.keys("2", "1").text


@pytest.mark.parametrize("answers", [("3", "12", "2"), ("4", "60"), ("4", "14", "2", "1", "1*9")])
def test_a_command_is_not_run_without_yes(answers: Sequence[str]) -> None:
    made = Walk()
    made.keys(*answers)
    assert made.effects == []


def test_a_long_answer_is_read_page_by_page() -> None:
    made = Walk()
    text = " ".join(f"mot{number}" for number in range(80))
    made.state = navigator.told(made.state, text)
    read = [made.keys().text]
    while read[-1].endswith("1 Suite"):
        read.append(made.keys("1").text)
    assert len(read) > 2
    words = " ".join(page.rpartition("\n")[0] for page in read)
    assert words == text
    assert made.keys("00").name == "menu"


def test_what_was_left_unfinished_is_offered() -> None:
    caller = replace(AWA, offer=Offer(0, "PEC", "202609", 1, 3))
    made = Walk(caller=caller, stored={"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27})
    assert made.keys().text.startswith("PEC septembre pas fini.\n1 Continuer le rapport de sept")
    assert made.keys("9").name == "offer"
    assert "PEC septembre 2/3" in made.keys("1").text
    assert made.effects == [Open("PEC", "202609", "continue")]
    assert walk("3", caller=caller).name == "menu"
    assert "1/3" in walk("2", caller=caller).text


@pytest.mark.parametrize(
    ("text", "at", "effect", "lost"),
    [
        ("", "menu", None, False),
        ("1", "forms", None, False),
        ("1*5*2", "forms", None, False),
        ("1*1", "forms", Open("PEC", "202610"), False),
        ("1*1*45*38", "forms", Open("PEC", "202610"), True),
        ("5", "menu", Run("ETAT"), False),
        ("3*12", "agree", None, False),
        ("3*12*1", "agree", None, True),
        ("8*1", "menu", None, False),
    ],
)
def test_a_number_dialled_with_answers(text: str, at: str, effect: object, lost: bool) -> None:
    step = navigator.dial(CATALOGUE, AWA, text)
    assert (step.state.at, step.effect, step.lost) == (at, effect, lost)


def test_the_next_numbers_of_a_report_that_was_just_stored() -> None:
    begun = Walk().state
    sheet = Sheet("PEC", "202609", {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27})
    found = navigator.stored(CATALOGUE, replace(begun, again=True), sheet)
    assert (found.at, found.group, found.month, found.again) == ("numbers", 1, "202609", False)


def test_a_last_screen_says_one_sentence() -> None:
    assert navigator.end(CATALOGUE, "fr", "ussd_stranger", 160) == Screen(
        "ussd_stranger",
        "Ce numero n'est pas inscrit. Voyez le DTC de votre centre.",
        ends=True,
    )
