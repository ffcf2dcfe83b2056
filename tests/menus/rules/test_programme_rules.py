"""The programme's rules, one by one: numbers that hold, that break a rule, and unknown ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from menus.loading.loader import load
from menus.model.cross_check import Level
from menus.rules.evaluation import Evaluation, evaluate
from menus.rules.history import RuleContext

CATALOGUE = load()
Numbers = Mapping[str, int]

PEC = {
    "VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27, "GRV": 2, "ART": 2, "IRA": 9, "AMX": 9, "DIA": 11, "SRZ": 10, "RFS": 3, "DCD": 0
}  # fmt: skip
NUT = {"DEP": 180, "MAM": 4, "MAS": 3, "URE": 1, "GUE": 2, "ABD": 0, "SOD": 0, "RST": 7}
MONTHS = {back: {"FIE": number} for back, number in enumerate((10, 30, 20, 40), 1)}


@dataclass(frozen=True)
class Case:
    """The numbers of a form, with other numbers of the site."""

    form: str
    typed: Numbers
    stored: Numbers = field(default_factory=dict)
    now: Numbers = field(default_factory=dict)
    before: Mapping[int, Numbers] = field(default_factory=dict)
    stock: Numbers = field(default_factory=dict)
    receipts: Numbers = field(default_factory=dict)

    def evaluated(self, *confirmed: str) -> Evaluation:
        return evaluate(
            CATALOGUE.forms[self.form],
            stored=self.stored,
            pending={},
            typed=self.typed,
            rule_context=RuleContext(self.now, self.before, self.stock, self.receipts),
            confirmed=confirmed,
        )


HOLDS = [
    Case("PEC", {"VUS": 5, "FIE": 5, "IRA": 5, "DIA": 5, "VUN": 5, "VUF": 5}),
    Case("PEC", {"TDR": 5, "FIE": 5}),
    Case("PEC", {"POS": 5, "TDR": 5}),
    Case("PEC", {"CTA": 7, "POS": 7, "FIE": 20, "TDR": 20}),
    Case("PEC", {"CTA": 7}),
    Case("PEC", {"GRV": 3, "FIE": 3, "ART": 3}),
    Case("PEC", {"GRV": 3, "ART": 1}),
    Case("PEC", {"GRV": 3, "ART": 1}, now={"SUP": 0}, stock={"SUP": 4}),
    Case("PEC", {"GRV": 3, "ART": 3}, stock={"SUP": 4}),
    Case("PEC", {"AMX": 4, "IRA": 4, "SRZ": 6, "DIA": 6}),
    Case("PEC", {"RFS": 2, "GRV": 2}),
    Case("PEC", {"DCD": 0}),
    Case("NUT", {"MAM": 4, "MAS": 3, "URE": 1, "DEP": 8}),
    Case("NUT", {"GUE": 5, "ABD": 3, "SOD": 0, "MAS": 2}),
    Case("NUT", {"GUE": 5, "ABD": 3, "SOD": 0, "MAS": 2}, before={2: {"RST": 1}}),
    Case("NUT", {"GUE": 5, "ABD": 3, "SOD": 0, "MAS": 2}, before={1: {"RST": 6}}),
    Case("NUT", NUT, before={1: {"RST": 6}}),
    Case("NUT", {"SOD": 1}, now={"DCD": 1}),
    Case("NUT", {"SOD": 1}),
    Case("SMI", {"NND": 2, "VNN": 2}),
    Case("PEC", {"VUS": 0, "REN": 3}),
    Case("PEC", {"VUS": 1, "TDR": 1}),
    Case("NUT", dict.fromkeys([code for code in NUT if code != "RST"], 0)),
    Case("PEC", PEC, before={1: {**PEC, "VUS": 46}}),
    Case("PEC", PEC, before={2: PEC}),
    # The median of 10, 20, 30 and 40 counts as 30: what was truly reported.
    Case("PEC", {"FIE": 90}, before=MONTHS),
    Case("PEC", {"FIE": 91}, before={1: {"FIE": 10}, 2: {"FIE": 10}}),
    Case("PEC", {"FIE": 21}, before={back: {"FIE": 7} for back in (1, 2, 3)}),
    Case("PEC", {"FIE": 20}, before={back: {"FIE": 1} for back in (1, 2, 3)}),
    Case("STK", {"ENF": 12}, stock={"ENF": 12}),
    Case("STK", {"ENF": 32}, stock={"ENF": 12}, receipts={"ENF": 20}),
    Case("STK", {"ENF": 60}),
    Case("STK", {"KIT": 12}, now={"TDR": 40}, stock={"KIT": 60}),
    Case("STK", {"KIT": 12}, now={"TDR": 10}),
    Case("STK", {"BEB": 5, "ENF": 9}, now={"CTA": 27}, stock={"BEB": 20, "ENF": 21}),
    Case("STK", {"BEB": 5}, now={"CTA": 27}, stock={"BEB": 60, "ENF": 60}),
    Case("STK", {"SUP": 6}, now={"ART": 1}, stock={"SUP": 12}),
    Case("STK", {"ZIN": 100}, now={"SRZ": 10}, stock={"ZIN": 220}),
    Case("STK", {"SEL": 40}, now={"SRZ": 10}, stock={"SEL": 65}),
    Case("STK", {"MOX": 100}, now={"AMX": 10}, stock={"MOX": 180}),
    Case("STK", {"MOX": 100}, now={"AMX": 10}, stock={"MOX": 340}),
    Case("PEC", {"TDR": 40}, now={"KIT": 12}, stock={"KIT": 30}, receipts={"KIT": 30}),
]


@pytest.mark.parametrize("case", HOLDS, ids=lambda case: f"{case.form}-{'-'.join(case.typed)}")
def test_holds(case: Case) -> None:
    result = case.evaluated()
    assert result.problems == ()
    assert result.accepted == case.typed


REFUSED = [
    (1, Case("PEC", {"FIE": 6, "VUS": 5}), "FIE VUS"),
    (1, Case("PEC", {"IRA": 6}, {"VUS": 5}), "IRA"),
    (1, Case("PEC", {"VUS": 5}, {"DIA": 6}), "VUS"),
    (2, Case("PEC", {"TDR": 6, "FIE": 5}), "TDR FIE"),
    (3, Case("PEC", {"POS": 6, "TDR": 5}), "POS TDR"),
    (4, Case("PEC", {"CTA": 9, "POS": 7, "FIE": 21, "TDR": 20}), "CTA POS FIE TDR"),
    (5, Case("PEC", {"GRV": 4, "FIE": 3}), "GRV FIE"),
    (5, Case("PEC", {"ART": 4, "GRV": 3}), "ART GRV"),
    (7, Case("PEC", {"AMX": 5, "IRA": 4}), "AMX IRA"),
    (7, Case("PEC", {"SRZ": 5}, {"DIA": 4}), "SRZ"),
    (10, Case("NUT", {"MAM": 4, "MAS": 3, "URE": 1, "DEP": 7}), "DEP MAM MAS URE"),
    (11, Case("NUT", {"GUE": 5, "ABD": 3, "SOD": 1, "MAS": 2}, before={1: {"RST": 6}}), "GUE ABD SOD MAS"),
    (11, Case("NUT", {"MAS": 1}, {"GUE": 5, "ABD": 3, "SOD": 0}, before={1: {"RST": 6}}), "MAS"),
    (15, Case("PEC", {"VUS": 0, "TDR": 1}), "VUS TDR"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "case", "parked"), REFUSED)
def test_what_is_refused_waits_for_another_number(rule: int, case: Case, parked: str) -> None:
    result = case.evaluated()
    assert {problem.level for problem in result.problems} == {Level.REFUSE}
    assert {problem.key.split("_")[1] for problem in result.problems} == {str(rule)}
    assert result.pending.keys() == {*parked.split()}
    assert result.to_confirm == ()
    # No OUI of the agent makes it true.
    assert case.evaluated(*result.pending).pending == result.pending


TO_CONFIRM = [
    ("4_more", Case("PEC", {"CTA": 8, "POS": 7, "FIE": 30, "TDR": 20}), "CTA POS"),
    ("4_more", Case("PEC", {"CTA": 8}, {"POS": 7}), "CTA"),
    ("6", Case("PEC", {"GRV": 3, "ART": 1}, now={"SUP": 2}), "GRV ART"),
    ("6", Case("PEC", {"ART": 1}, {"GRV": 3}, stock={"SUP": 2}), "ART"),
    ("6", Case("STK", {"SUP": 2}, now={"GRV": 3, "ART": 1}), "SUP"),
    ("8", Case("PEC", {"RFS": 1, "GRV": 2}), "RFS GRV"),
    ("9", Case("PEC", {"DCD": 1}), "DCD"),
    ("12", Case("NUT", {**NUT, "RST": 8}, before={1: {"RST": 6}}), "RST MAS GUE ABD SOD"),
    ("12", Case("NUT", {"RST": 6}, {**NUT}, before={1: {"RST": 6}}), "RST"),
    ("13", Case("NUT", {"SOD": 1}, now={"DCD": 0}), "SOD"),
    ("13", Case("PEC", {"DCD": 0}, now={"SOD": 1}), "DCD"),
    ("14", Case("SMI", {"NND": 2, "VNN": 1}), "NND VNN"),
    ("16_zero", Case("NUT", dict.fromkeys(NUT, 0)), " ".join(NUT)),
    ("16_zero", Case("NUT", {"RST": 0}, dict.fromkeys(NUT, 0)), "RST"),
    ("16_zero", Case("STK", dict.fromkeys(CATALOGUE.forms["STK"].required, 0)), " ".join(CATALOGUE.forms["STK"].required)),
    ("16_same", Case("PEC", PEC, before={1: PEC}), " ".join(PEC)),
    ("16_same", Case("PEC", {"FIE": 38}, PEC, before={1: PEC}), "FIE"),
    ("17", Case("PEC", {"FIE": 91}, before=MONTHS), "FIE"),
    ("17", Case("PEC", {"FIE": 21}, before={back: {"FIE": 6} for back in (2, 4, 6)}), "FIE"),
    ("18", Case("STK", {"ENF": 13, "BEB": 3}, stock={"ENF": 12, "BEB": 3}), "ENF"),
    ("18", Case("STK", {"ENF": 33}, stock={"ENF": 12}, receipts={"ENF": 20}), "ENF"),
    ("19", Case("STK", {"KIT": 11}, now={"TDR": 40}, stock={"KIT": 60}), "KIT"),
    ("19", Case("STK", {"KIT": 29}, now={"TDR": 40}, stock={"KIT": 60}), "KIT"),
    ("19", Case("PEC", {"TDR": 40}, now={"KIT": 11}, stock={"KIT": 60}), "TDR"),
    ("19", Case("STK", {"BEB": 5, "ENF": 9}, now={"CTA": 27}, stock={"BEB": 20, "ENF": 34}), "BEB ENF"),
    ("19", Case("STK", {"SUP": 6}, now={"ART": 1}, stock={"SUP": 13}), "SUP"),
    ("19", Case("STK", {"ZIN": 100}, now={"SRZ": 10}, stock={"ZIN": 221}), "ZIN"),
    ("19", Case("STK", {"SEL": 40}, now={"SRZ": 10}, stock={"SEL": 54}), "SEL"),
    ("19", Case("STK", {"MOX": 100}, now={"AMX": 10}, stock={"MOX": 179}), "MOX"),
    ("19", Case("STK", {"MOX": 100}, now={"AMX": 10}, stock={"MOX": 341}), "MOX"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "case", "parked"), TO_CONFIRM)
def test_what_may_be_true_waits_for_an_oui(words: str, case: Case, parked: str) -> None:
    result = case.evaluated()
    assert {problem.key for problem in result.problems} == {f"rule_{words}"}
    assert {problem.level for problem in result.problems} == {Level.CONFIRM}
    assert {*result.to_confirm} == result.pending.keys() == {*parked.split()}
    assert result.accepted.keys() == case.typed.keys() - result.pending.keys()
    after = case.evaluated(*result.to_confirm)
    assert (after.accepted, after.problems) == (case.typed, ())


def test_an_agent_corrects_one_of_two_and_both_are_stored() -> None:
    form = CATALOGUE.forms["PEC"]
    first = evaluate(form, stored={}, pending={}, typed={"CTA": 28, "POS": 27})
    after = evaluate(form, stored={}, pending=first.pending, typed={"POS": 28})
    assert (first.accepted, after.accepted) == ({}, {"CTA": 28, "POS": 28})


def test_a_death_and_another_matter_are_asked_together() -> None:
    result = Case("PEC", {**PEC, "DCD": 1, "POS": 48}).evaluated()
    assert [problem.key for problem in result.problems] == ["rule_3", "rule_9"]
    assert (result.pending.keys(), result.to_confirm) == ({"POS", "TDR", "DCD"}, ("DCD",))
