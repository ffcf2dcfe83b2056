"""Commands: which one a message is, what it says, and when it is none."""

import pytest

from menus.model.arguments import (
    LanguageChoice,
    NumberChange,
    Place,
    Products,
    ReceiptNumber,
    ReferralOutcome,
    ReferredPatient,
    Topic,
)
from menus.model.catalogue import Catalogue
from menus.model.reading import MonthSaid, Reading
from menus.reading.parser import read

MARCH = MonthSaid(3)


def values_of(reading: Reading) -> dict[str, int]:
    return {code: number for filled in reading.filled for code, number in filled.values.items()}


def keys(reading: Reading) -> list[str]:
    return [problem.key for problem in reading.problems]


@pytest.mark.parametrize(
    ("text", "values", "month"),
    [
        ("COR POS 27", {"POS": 27}, None),
        ("corr pos 27", {"POS": 27}, None),
        ("COR:POS=27.", {"POS": 27}, None),
        ("cor pos27 tdr30", {"POS": 27, "TDR": 30}, None),
        ("COR 03 POS 27", {"POS": 27}, MARCH),
        ("COR mars POS 27", {"POS": 27}, MARCH),
        ("COR PEC 03 POS 27", {"POS": 27}, MARCH),
        ("PEC 03 COR POS 27", {"POS": 27}, MARCH),
        ("COR PEC RFS 12", {"RFS": 12}, None),
        ("COR 12 CPN 5", {"CPN": 5}, MonthSaid(12)),
        ("COR 03/26 POS 27 MAM 3", {"POS": 27, "MAM": 3}, MonthSaid(3, 2026)),
        ("Bonjour docteur COR POS 2O svp merci", {"POS": 20}, None),
        ("pardon je me suis trompe COR POS 27", {"POS": 27}, None),
        ("non, COR POS 27", {"POS": 27}, None),
        ("COR ENF 0J12", {"ENF": 0}, None),
    ],
)
def test_corrections(
    text: str, values: dict[str, int], month: MonthSaid | None, catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.correction, reading.within) == ("COR", True, "")
    assert values_of(reading) == values
    assert reading.month == month
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("text", "values", "problems"),
    [
        ("COR", {}, ["correction_missing"]),
        ("COR svp docteur", {}, ["correction_missing"]),
        ("COR PEC", {}, ["form_without_numbers"]),
        ("COR POS", {}, ["code_without_number"]),
        ("COR POS 28 27", {}, ["two_numbers"]),
        ("COR POS 1 250 TDR 4", {"TDR": 4}, ["two_numbers"]),
        ("COR FEI 27", {}, ["unknown_code_near"]),
        ("COR XYZ 27 TDR 4", {"TDR": 4}, ["unknown_code"]),
        ("COR 03 04 POS 27", {}, ["month_unclear"]),
    ],
)
def test_what_a_correction_must_be_asked(
    text: str, values: dict[str, int], problems: list[str], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, values_of(reading), keys(reading)) == ("COR", values, problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POUR KOLA PEC 03 VUS 4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("pour kola pec 03 vus4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("POUR KOLA: PEC 03 VUS 4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("POUR KOLA VUS 4", (Place(("KOLA",)), {"VUS": 4}, None, "")),
        (
            "POUR SIRAKORO BA PEC mars VUS 4",
            (Place(("SIRAKORO", "BA")), {"VUS": 4}, MARCH, ""),
        ),
        ("POUR KOLA-BA PEC 03 VUS 4", (Place(("KOLA-BA",)), {"VUS": 4}, MARCH, "")),
        ("POUR N'DEBOUGOU PEC 03 VUS 4", (Place(("N'DEBOUGOU",)), {"VUS": 4}, MARCH, "")),
        (
            "POUR KOLA 2 PEC 03 VUS 4",
            (Place(("KOLA", "2")), {"VUS": 4}, MARCH, ""),
        ),
        ("POUR KOLA 03 PEC VUS 4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("Pour le site de Kola, PEC 03 VUS 4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("POUR KOLA le mois de mars VUS 4", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("POUR BA PEC 03 VUS 4", (Place(("BA",)), {"VUS": 4}, MARCH, "")),
        ("Bonjour POUR KOLA PEC 03 VUS 4 merci", (Place(("KOLA",)), {"VUS": 4}, MARCH, "")),
        ("POUR KOLA COR POS 27", (Place(("KOLA",)), {"POS": 27}, None, "COR")),
        ("POUR KOLA PEC 03 COR POS 27", (Place(("KOLA",)), {"POS": 27}, MARCH, "COR")),
        ("COR POUR KOLA PEC 03 POS 27", (Place(("KOLA",)), {"POS": 27}, MARCH, "COR")),
        ("POUR KOLA PEC 03 RAS", (Place(("KOLA",)), {}, MARCH, "RAS")),
        ("POUR KOLA ANNULE", (Place(("KOLA",)), {}, None, "ANNULE")),
    ],
)
def test_reports_for_a_site(text: str, expected: tuple[object, ...], catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.problems) == ("POUR", ())
    assert (reading.arguments, values_of(reading), reading.month, reading.within) == expected
    assert reading.correction == (reading.within == "COR")


@pytest.mark.parametrize(
    ("text", "site", "problem"),
    [
        ("POUR", (), "site_missing"),
        ("POUR svp", (), "site_missing"),
        ("POUR KOLA", ("KOLA",), "report_missing"),
        ("POUR KOLA merci", ("KOLA",), "report_missing"),
        ("POUR KOLA PEC", ("KOLA",), "form_without_numbers"),
        ("POUR KOLA COR", ("KOLA",), "report_missing"),
    ],
)
def test_pour_without_site_or_report(
    text: str, site: tuple[str, ...], problem: str, catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.arguments, reading.filled) == ("POUR", Place(site), ())
    assert keys(reading) == [problem]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("OUI", "OUI"),
        ("Oui c bon", "OUI"),
        ("oui docteur, c'est exact", "OUI"),
        ("OUI merci", "OUI"),
        ("wi", "OUI"),
        ("Awo.", "OUI"),
        ("docteur oui", "OUI"),
        ("oui oui c'est fait", "OUI"),
        ("c'est bon oui", "OUI"),
        ("oui pas de probleme", "OUI"),
        ("OUI PEC", "OUI"),
        ("ok oui", "OUI"),
        ("NON.", "NON"),
        ("non docteur c'est une erreur", "NON"),
        ("ayi", "NON"),
        ("non non ce n'est pas bon", "NON"),
    ],
)
def test_answers(text: str, answer: str, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.filled, reading.problems) == (answer, (), ())


@pytest.mark.parametrize(
    ("text", "command", "values"),
    [
        ("OUI POS 28", "", {"POS": 28}),
        ("oui mais POS 28", "", {"POS": 28}),
        ("non c'est POS 28", "", {"POS": 28}),
        ("oui COR POS 28", "COR", {"POS": 28}),
        ("OUI 28", "", {}),
        ("OUI c'est 28 cas", "", {}),
        ("OUI VUS", "", {}),
        ("oui mais non", "", {}),
        ("oui ou non?", "", {}),
        ("oui mais pas tout", "", {}),
        ("oui ce n'est pas bon", "", {}),
        ("oui?", "", {}),
        ("non c'est bon", "", {}),
        ("si oui je viens", "", {}),
        ("ok", "", {}),
        ("ok merci", "", {}),
        ("d'accord", "", {}),
        ("OUI ANNULE", "ANNULE", {}),
        ("OUI PEC RAS", "RAS", {}),
    ],
)
def test_an_answer_beside_anything_that_matters_confirms_nothing(
    text: str, command: str, values: dict[str, int], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, values_of(reading)) == (command, values)
    assert command or values or reading.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RAS", ("RAS", None, (), None)),
        ("PEC mars RAS", ("RAS", None, ("PEC",), MARCH)),
        ("RAS PEC 03", ("RAS", None, ("PEC",), MARCH)),
        ("PEC RAS mars", ("RAS", None, ("PEC",), MARCH)),
        ("PEC 03 neant", ("RAS", None, ("PEC",), MARCH)),
        ("PEC RAS NUT RAS", ("RAS", None, ("PEC", "NUT"), None)),
        ("COR RAS PEC mars", ("RAS", None, ("PEC",), MARCH)),
        ("COR ANNULE", ("ANNULE", None, (), None)),
        ("ETAT", ("ETAT", Place(), (), None)),
        ("ETAT KOLA 03", ("ETAT", Place(("KOLA",)), (), MARCH)),
        ("etat de Kola svp", ("ETAT", Place(("KOLA",)), (), None)),
        ("ETAT SIRAKORO BA mars 2026", ("ETAT", Place(("SIRAKORO", "BA")), (), MonthSaid(3, 2026))),
        ("ETAT 03/26", ("ETAT", Place(), (), MonthSaid(3, 2026))),
        ("ETAT 7K4P", ("ETAT", ReceiptNumber("7K4P"), (), None)),
        ("etat 7k4p docteur", ("ETAT", ReceiptNumber("7K4P"), (), None)),
        ("ETAT 2347", ("ETAT", ReceiptNumber("2347"), (), None)),
        ("AIDE", ("AIDE", Topic(), (), None)),
        ("AIDE PEC", ("AIDE", Topic("PEC"), ("PEC",), None)),
        ("aide atp svp", ("AIDE", Topic("ATP"), (), None)),
        ("LANGUE BM", ("LANGUE", LanguageChoice("bm"), (), None)),
        ("VAL KOLA 10", ("VAL", Place(("KOLA",)), (), MonthSaid(10))),
        ("VAL KOLA mars", ("VAL", Place(("KOLA",)), (), MARCH)),
        ("MANQ", ("MANQ", Place(), (), None)),
        ("MANQ mars", ("MANQ", Place(), (), MARCH)),
        ("ANNULE", ("ANNULE", None, (), None)),
        ("annuler PEC 03", ("ANNULE", None, ("PEC",), MARCH)),
        ("SUITE", ("SUITE", None, (), None)),
        ("RUPT BEB svp docteur", ("RUPT", Products({"BEB": None}), (), None)),
        ("Bonjour REF 4 M AU", ("REF", ReferredPatient(4, "M", "AU"), (), None)),
        ("CRF 3305 A", ("CRF", ReferralOutcome("3305", "A"), (), None)),
        ("FAIT 4721", ("FAIT", ReferralOutcome("4721"), (), None)),
        (
            "NUMERO KOLA 70001234",
            ("NUMERO", NumberChange(Place(("KOLA",)), ("70001234",)), (), None),
        ),
    ],
)
def test_other_commands(text: str, expected: tuple[object, ...], catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.arguments, reading.forms_named, reading.month) == expected
    assert (reading.filled, reading.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("ANULE", "ANNULE"),
        ("AID", "AIDE"),
        ("aidde PEC", "AIDE"),
        ("ETA", "ETAT"),
        ("etat", "ETAT"),
        ("LANGE BM", "LANGUE"),
        ("MANK", "MANQ"),
    ],
)
def test_a_mistyped_command_without_danger_is_obeyed(
    text: str, command: str, catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.problems) == (command, ())


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("OUII", "OUI"),
        ("ouiiiii", "OUI"),
        ("NNON", "NON"),
        ("POUUR KOLA PEC 03 VUS 4", "POUR"),
        ("POR KOLA PEC 03 VUS 4", "POUR"),
        ("RELANC", "RELANCE"),
    ],
)
def test_a_mistyped_command_that_weighs_is_proposed(
    text: str, near: str, catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert (reading.command, reading.filled) == ("", ())
    assert [(problem.key, problem.values["near"]) for problem in reading.problems] == [
        ("command_near", near)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Pour le mois de mars: VUS 4",
        "pour PEC mars VUS 4",
        "pour votre information PEC mars VUS 4",
        "Suite du rapport mars VUS 4",
        "oui voila mars VUS 4",
        "PEC mars VUS 4 RAS",
        "mars VUS 4 c'est fait merci",
        "PEC mars VUS 4 COR",
        "aide moi PEC mars VUS 4",
    ],
)
def test_a_report_with_a_command_word_in_it_is_a_report(text: str, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert (reading.command, values_of(reading), reading.month) == ("", {"VUS": 4}, MARCH)


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("oui Oumou Kone", True),
        ("REF Oumou Kone 20 F PN", True),
        ("COR POS 27 Awa Traore", True),
        ("COR POS 27 merci docteur", False),
        ("ETAT KOLA", False),
    ],
)
def test_names_beside_commands(text: str, personal: bool, catalogue: Catalogue) -> None:
    assert read(text, catalogue).personal is personal
