"""The parser: of any SMS, what is certain is filled and all else is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.reading import Filled, MonthSaid, Reading
from menus.reading.lexer import normalise_input
from menus.reading.parser import read

MARCH = MonthSaid(3)


def values_of(reading: Reading) -> dict[str, int]:
    return {code: number for filled in reading.filled for code, number in filled.values.items()}


def told(reading: Reading) -> list[tuple[Any, ...]]:
    return [(problem.key, *problem.codes, *problem.values.values()) for problem in reading.problems]


@pytest.mark.parametrize(
    "text",
    [
        "PEC 03 VUS 45 FIE 38 POS 0",
        "pec 03 pos 0 fie 38 vus 45",
        "PEC03VUS45FIE38POS0",
        "PEC/03/VUS/45/FIE/38/POS/0",
        "PEC 03: VUS=45; FIE=38; POS=0.",
        "PEC\n03\nVUS : 45 , FIE : 38 , POS : 0",
        "PEC (03) [VUS] 45 {FIE} 38 <POS> 0",
        "PEC 03 VUS->45|FIE_38+POS+0",
        "PEC 03 VUS*45*FIE*38*POS*0",
        "“PEC 03 VUS\N{NO-BREAK SPACE}45 FIE\t38 POS 0” 🙏",
        "ＰＥＣ ０３ ＶＵＳ ４５ ＦＩＥ ３８ ＰＯＳ ０",
        "PÉC 03 VUS 45 FIÈ 38 PÔS 0",
        "PEC 03 VUS-45 FIE-38 POS-0",
        "PEC 03 VUS -45 FIE -38 POS -0",
        "PEC 03 VUS:45 cas FIE:38 enfants POS 0 tests",
        "PEC 03 VUS 45cas FIE 38cas POS 0",
        "VUS 45 FIE 38 POS 0 mars",
        "VUS 45 FIE 38 POS 0 PEC 03",
        "03 PEC VUS 45 FIE 38 POS 0",
        "PCE 03 VUS 45 FIE 38 POS 0",
        "PEK 03 VUS 45 FIE 38 POS 0",
        "SMI 03 VUS 45 FIE 38 POS 0",
        "PEC 03 CON 45 FIE 38 TDP 0",
        "PECMARSVUS45FIE38POS0",
        "Bonjour chef, voici PEC 03 VUS 45 FIE 38 POS 0. Merci et a bientôt",
        "i ni ce docteur, k'an ben PEC 03 VUS 45 FIE 38 POS 0",
        "PEC 03 VUS 45 FIE 38 VUS 45 POS 0",
        "PEC 03 VUS enfants 45 et FIE 38 POS 0",
    ],
)
def test_typography_greetings_and_keywords_never_matter(text: str, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == {"VUS": 45, "FIE": 38, "POS": 0}
    assert reading.month == MARCH
    assert reading.problems == ()
    assert (reading.personal, reading.cut, reading.command) == (False, False, "")
    assert [(filled.form, filled.repaired) for filled in reading.filled] == [("PEC", ())]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("PEC 3 VUS 4", MARCH),
        ("PEC mars VUS 4", MARCH),
        ("PEC MARS VUS 4", MARCH),
        ("rapport du mois de mars VUS 4", MARCH),
        ("PEC mois 03 VUS 4", MARCH),
        ("PEC 0326 VUS 4", MonthSaid(3, 2026)),
        ("PEC 03/26 VUS 4", MonthSaid(3, 2026)),
        ("PEC 03/2026 VUS 4", MonthSaid(3, 2026)),
        ("PEC 03 2026 VUS 4", MonthSaid(3, 2026)),
        ("PEC mars 2026 VUS 4", MonthSaid(3, 2026)),
        ("PEC 0304 VUS 4", MonthSaid(3, 2004)),
        ("VUS 4", None),
        ("03 VUS 4", MARCH),
        ("PEC VUS 4 mars NUT DEP 3", MARCH),
        ("PEC mar VUS 4", MonthSaid(3, sure=False)),
        ("PEC 03.26 VUS 4", MonthSaid(3, 2026, sure=False)),
        ("PEC 032026 VUS 4", MonthSaid(3, 2026, sure=False)),
        ("PEC 2026-03 VUS 4", MonthSaid(3, 2026, sure=False)),
        ("PEC mars26 VUS 4", MonthSaid(3, 2026, sure=False)),
        ("PEC 31/03/26 VUS 4", MonthSaid(3, 2026, sure=False)),
        ("PEC 31/03 VUS 4", MonthSaid(3, sure=False)),
        ("PEC marisi VUS 4", MonthSaid(3, sure=False)),
        ("PEC setembre VUS 4", MonthSaid(9, sure=False)),
        ("PEC M-1 VUS 4", MonthSaid(0, back=1)),
        ("PEC mois passe VUS 4", MonthSaid(0, back=1, sure=False)),
        ("Rapport de fevrier. PEC 02 VUS 4", MonthSaid(2)),
        ("PEC O3 VUS 4", MARCH),
    ],
)
def test_months(text: str, month: MonthSaid | None, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert reading.month == month
    assert values_of(reading)["VUS"] == 4
    assert reading.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "PEC 03 04 VUS 45",
        "PEC 03/04 VUS 45",
        "PEC 13 VUS 45",
        "PEC 00 VUS 45",
        "PEC 326 VUS 45",
        "PEC 2026 VUS 45",
        "PEC mars 04 VUS 45",
        "PEC fevirer VUS 45 mai NUT 03 DEP 4",
        "PEC 02 VUS 45 NUT 03 DEP 45",
        "PEC jui VUS 45",
        "PEC 12 VUS 45 FIE 38 TDR",
        "STK 3 BEB 4 ENF",
        "STK 3 BEB\nENF\nKIT",
    ],
)
def test_an_unclear_month_fills_nothing(text: str, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)

    assert reading.filled == ()
    assert reading.month is None
    assert reading.problems[0].key == "month_unclear"


@pytest.mark.parametrize(
    ("text", "values", "repaired"),
    [
        (
            "PEC 03 VUS 5O FIE 4l TDR I1 POS l23 CTA 1OO",
            {"VUS": 50, "FIE": 41, "TDR": 11, "POS": 123, "CTA": 100},
            ("VUS", "FIE", "TDR", "POS", "CTA"),
        ),
        ("PEC 03 VUS4OFIE38", {"VUS": 40, "FIE": 38}, ("VUS",)),
        ("SMI 03 CPNl6 PILl2 INJ 3", {"CPN": 16, "PIL": 12, "INJ": 3}, ("CPN", "PIL")),
        ("NUT 03 URE O GUE o RST l", {"URE": 0, "GUE": 0, "RST": 1}, ("URE", "GUE", "RST")),
        ("NUT03URE0ABDOSODORST5", {"URE": 0, "ABD": 0, "SOD": 0, "RST": 5}, ("ABD", "SOD")),
    ],
)
def test_letters_beside_digits(
    text: str, values: dict[str, int], repaired: tuple[str, ...], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == values
    assert sorted(reading.filled[0].repaired) == sorted(repaired)
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("1 250", "two_numbers"),
        ("1,250", "two_numbers"),
        ("1.250", "two_numbers"),
        ("1'250", "two_numbers"),
        ("1\N{NARROW NO-BREAK SPACE}250", "two_numbers"),
        ("3.5", "two_numbers"),
        ("45,5", "two_numbers"),
        ("20x10", "two_numbers"),
        ("45 ou 46", "two_numbers"),
        ("30+12", "two_numbers"),
        ("45 (12 filles)", "two_numbers"),
        ("45½", "two_numbers"),
        ("3²", "two_numbers"),
        ("½", "code_without_number"),
        ("", "code_without_number"),
        ("=", "code_without_number"),
        ("4S", "code_without_number"),
        ("S0", "code_without_number"),
        ("B5", "code_without_number"),
        ("45%", "code_without_number"),
        ("2 boites", "code_without_number"),
        ("2 fois", "code_without_number"),
        ("9999999999999", "code_without_number"),
        ("45J3", "days_out_unexpected"),
        ("45 J 3 J 4", "two_numbers"),
    ],
)
def test_a_number_that_may_be_another_is_asked_and_the_rest_kept(
    number: str, key: str, catalogue: Catalogue
) -> None:
    reading = read(f"PEC 03 FIE 38 VUS {number} TDR 37", catalogue)

    assert values_of(reading) == {"FIE": 38, "TDR": 37}
    assert told(reading) == [(key, "VUS")]
    assert reading.problems[0].level is Level.ASK


@pytest.mark.parametrize(
    ("text", "values", "problems"),
    [
        ("NUT 03 DEP 118 GUE -1 ABD 0", {"DEP": 118, "ABD": 0}, [("code_without_number", "GUE")]),
        ("PEC 03 VUS 50 FIE 42 VUS 49", {"FIE": 42}, [("two_values", "VUS")]),
        ("PEC 03 CON 50 FIE 42 VUS 49", {"FIE": 42}, [("two_values", "VUS")]),
        ("PEC 45 FIE 38", {"FIE": 38}, [("number_without_code", 45)]),
        ("PEC 03 45 FIE 38", {"FIE": 38}, [("number_without_code", 45)]),
        ("PEC 03 FIE 38 TRDE 3", {"FIE": 38}, [("unknown_code", "TRDE")]),
        ("PEC 03 FEI 42 TDR 41", {"TDR": 41}, [("unknown_code_near", "FEI", "FIE", 42)]),
        ("PEC 03 FEI 42 FIE 41", {"FIE": 41}, [("unknown_code", "FEI")]),
        ("SMI 03 VNNN 7 NND 1", {"NND": 1}, [("unknown_code_near", "VNNN", "VNN", 7)]),
        ("NUT 03 MAX 3 URE 0", {"URE": 0}, [("unknown_code", "MAX")]),
        ("PEC 03 TDR 41 SES 2 IRA 7", {"TDR": 41, "IRA": 7}, [("unknown_code", "SES")]),
        ("SMI 03 CPN 9 TON 6", {"CPN": 9}, [("unknown_code", "TON")]),
        (
            "STK 03 BUS 6 BOX 3 BEB 2",
            {"BEB": 2},
            [("unknown_code", "BUS"), ("unknown_code", "BOX")],
        ),
        ("SMI 03 VAL 60 CPN 9", {"CPN": 9}, [("unknown_code", "VAL")]),
        ("PEC 03 DCM 1 VUS 9", {"VUS": 9}, [("unknown_code", "DCM")]),
        ("NUT 03 DEP 118 MA 3 URE 0", {"DEP": 118, "URE": 0}, [("unknown_code", "MA")]),
        ("PEC 03 VUS 45 non 46 FIE 3", {"FIE": 3}, [("two_numbers", "VUS")]),
        ("PEC 03 ROUGE 2 VUS 9", {"VUS": 9}, [("unknown_code", "ROUGE")]),
        ("PEC 03 CONSULTANTS 2 VUS 9", {"VUS": 9}, [("number_without_code", 2)]),
        ("STK 03 BEB 20 SRO 40", {"BEB": 20}, [("unknown_code", "SRO")]),
        ("STK 03 SRO 40", {}, [("unknown_code", "SRO")]),
        ("STK 03 BEB 20 RCU ENF 20", {"BEB": 20}, [("unknown_code", "RCU")]),
        ("STK 03 ENF J12 BEB 3", {"BEB": 3}, [("days_out_without_stock", "ENF")]),
        ("STK 03 ENF 0 12 jours", {"ENF": 0}, [("number_without_code", 12)]),
        ("STK 03 ZIN 2 plaquettes BEB 3 plaquettes", {"BEB": 3}, [("code_without_number", "ZIN")]),
        ("plus de SEL depuis 3 jours", {}, [("code_without_number", "SEL")]),
        ("manque de ATP 20 personnes", {}, [("code_without_number", "ATP")]),
        ("STK 03 BEB 3 envoye PAR 2 agents", {"BEB": 3}, [("code_without_number", "PAR")]),
        ("PEC", {}, [("form_without_numbers", "PEC")]),
        ("NUT PEC 03 VUS 45", {"VUS": 45}, [("form_without_numbers", "NUT")]),
        ("", {}, [("nothing_understood",)]),
        ("🙏🙏", {}, [("nothing_understood",)]),
        ("j'ai 4 enfants a voir vendredi", {}, [("nothing_understood",)]),
        ("\x00\ud800", {}, [("nothing_understood",)]),
        ("45", {}, [("nothing_understood",)]),
    ],
)
def test_what_is_asked(
    text: str, values: dict[str, int], problems: list[tuple[Any, ...]], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == values
    assert told(reading) == problems


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("NUT 08: 4 MAM, 6 MAS, 1 ABD", {"MAM": 4, "MAS": 6, "ABD": 1}),
        ("SMI mars: 10 VAD, 5 CPN", {"VAD": 10, "CPN": 5}),
        ("45 VUS 38 FIE 37 TDR", {"VUS": 45, "FIE": 38, "TDR": 37}),
        ("PEC 03 45VUS38FIE37TDR", {"VUS": 45, "FIE": 38, "TDR": 37}),
        ("PEC 12 VUS, 10 FIE, 9 TDR", {"VUS": 12, "FIE": 10, "TDR": 9}),
    ],
)
def test_numbers_may_all_stand_before_their_codes(
    text: str, values: dict[str, int], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == values
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("text", "values", "keys"),
    [
        ("45 VUS 38 FIE 37", {}, {"number_without_code", "code_without_number"}),
        ("45 VUS 38 FEI", {"VUS": 45}, {"unknown_code_near"}),
        ("45 VUS 38 ROUGE", {}, {"number_without_code", "code_without_number"}),
        ("45 VUS FIE 38 TDR", {}, {"number_without_code", "code_without_number"}),
        ("PEC 03 26 VUS 20 FIE", {}, {"month_unclear"}),
        ("mars 3 VUS 45 FIE", {}, {"month_unclear"}),
        ("STK 03 5 BEB 0J3 KIT", {}, {"number_without_code", "code_without_number"}),
        ("VUS 45, 38 FIE, TDR 37", {"TDR": 37}, {"two_numbers", "code_without_number"}),
        ("PEC 03 VUS, FIE 38, TDR 37", {"FIE": 38, "TDR": 37}, {"code_without_number"}),
        ("PEC 03 VUS 45 FIE 38 TDR", {"VUS": 45, "FIE": 38}, {"code_without_number"}),
    ],
)
def test_numbers_are_never_shifted_to_the_next_code(
    text: str, values: dict[str, int], keys: set[str], catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == values
    assert {problem.key for problem in reading.problems} == keys


def test_two_forms_and_days_out(catalogue: Catalogue) -> None:
    reading = read("STK BEB0 J5 ENF 0J12 PLQ 45J7 PEC 03 VUS 3", catalogue)

    assert reading.filled == (
        Filled("PEC", {"VUS": 3}),
        Filled("STK", {"BEB": 0, "ENF": 0, "PLQ": 45}, {"BEB": 5, "ENF": 12, "PLQ": 7}),
    )
    assert reading.month == MARCH
    assert reading.forms_named == ("STK", "PEC")


@pytest.mark.parametrize(
    "text",
    [
        "PEC 03 VUS 50 DCD 0. Oumou Sangare est refere",
        "PEC 03 VUS 50 DCD 0 oumou sangare 14 mois",
        "PEC 03 VUS 50 DCD 0 Awa Traore 14",
        "PEC 03 VUS 50 Xylophene DCD 0",
        "PEC 03 VUS 50 Mariam DIA DCD 0",
        "PEC 03 envoye PAR Awa VUS 50 DCD 0",
        "PEC 03 VUS 50 DCD 0 tel 76123456",
        "PEC 03 VUS 50 DCD 0. Appelez 76 12 34 56",
        "PEC 03 VUS 50 DCD 0 +223 76-12-34-56",
        "Moussa 0022376123456 PEC 03 VUS 50 DCD 0",
    ],
)
def test_names_and_telephones_are_dropped_and_the_counts_kept(
    text: str, catalogue: Catalogue
) -> None:
    reading = read(text, catalogue)

    assert values_of(reading) == {"VUS": 50, "DCD": 0}
    assert reading.personal
    assert reading.problems == ()


FILL = "Bonjour docteur merci "


@pytest.mark.parametrize(
    ("length", "end", "values", "asked"),
    [
        (160, "PEC 03 VUS 50 FIE 4", {"VUS": 50}, ["FIE"]),
        (159, "PEC 03 VUS 50 FIE 4", {"VUS": 50, "FIE": 4}, None),
        (160, "PEC 03 VUS 50 FIE", {"VUS": 50}, ["FIE"]),
        (160, "PEC 03 VUS 50 F", {"VUS": 50}, []),
        (160, "PEC 03 VUS 50 merci", {"VUS": 50}, None),
        (90, "PEC 03 VUS 50 FI", {"VUS": 50}, []),
        (70, "î PEC 03 VUS 50 FIE 4", {"VUS": 50}, ["FIE"]),
    ],
)
def test_a_cut_message_loses_its_last_number_only(
    length: int, end: str, values: dict[str, int], asked: list[str] | None, catalogue: Catalogue
) -> None:
    text = (FILL * 8)[: length - len(end) - 1] + "." + end
    reading = read(text, catalogue)

    assert values_of(reading) == values
    assert reading.cut == (asked is not None)
    assert {code for problem in reading.problems for code in problem.codes} == set(asked or [])


# Not the fixture: hypothesis prints the arguments of a failing example.
CATALOGUE = load()
CODES = ["VUS", "FIE", "TDR", "POS", "DEP", "MAM", "VAD", "CPN", "BEB", "ZIN"]
WORDS = [*CODES, "PEC", "STK", "RCU", "OUI", "POUR", "mars", "03", "45", "1", "J12", "-", ",", "\n"]
WORDS += [
    "COR",
    "RAS",
    "ETAT",
    "ANULE",
    "NON",
    "KOLA",
    "7K4P",
    "VSU",
    "SES",
    "Awa",
    "76123456",
    "boites",
    "fois",
    "O",
    "l6",
    "4O",
    "x",
    "½",
    "de",
    "mois",
]
TYPED = st.lists(st.sampled_from(WORDS), max_size=20).flatmap(
    lambda words: st.sampled_from(["", " ", ", "]).map(lambda sign: sign.join(words))
)


@given(st.one_of(st.text(alphabet=st.characters(), max_size=400), TYPED))
def test_any_text_is_read_and_every_number_stands_in_it(text: str) -> None:
    reading = read(text, CATALOGUE)

    # A letter of a word beside the number may look like a digit of it: `OUI3`.
    digits = normalise_input(text).translate(str.maketrans("OolI", "0011"))
    for filled in reading.filled:
        for number in (*filled.values.values(), *filled.days_out.values()):
            assert str(number) in digits
    assert reading.filled or reading.problems or reading.command
    asked = {code for problem in reading.problems for code in problem.codes}
    assert not asked & values_of(reading).keys()


@given(
    values=st.dictionaries(st.sampled_from(CODES), st.integers(0, 9999), min_size=1),
    order=st.randoms(use_true_random=False),
    sign=st.sampled_from([" ", "=", ":", " : "]),
    between=st.sampled_from([" ", ", ", "; ", "\n", " / "]),
)
def test_the_order_of_pairs_never_matters(
    values: dict[str, int], order: Any, sign: str, between: str
) -> None:
    pairs = [f"{code}{sign}{number}" for code, number in values.items()]
    order.shuffle(pairs)
    reading = read("PEC 03 " + between.join(pairs), CATALOGUE)

    assert values_of(reading) == values
    assert (reading.month, reading.problems) == (MARCH, ())
