import csv
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree

import altair
import pytest

from linkage.errors import UsageError
from linkage.lab.evaluate import read_truth
from linkage.lab.evasion_costs import BASES, IDENTIFIERS, KNOBS, knobs_named
from linkage.lab.evasion_curves import Point, Trial, halved, mean, measure, write
from linkage.lab.operators import TEMPLATES_PER_OPERATOR
from linkage.lab.profiles import CAREFUL, SLOPPY, Hygiene

FREE = {"bystanders", "in_system"}
"""Knobs that cost an attacker nothing: whose proxy service it is, where a template stands."""

POINT = Point("cards", "cards", 17.0, 1, 400, 16, 1.0, 1.0, 2, 2, 0, 0)


def all_or_none(source: Path, case: Path) -> Mapping[str, str]:
    """Finds operators wholly as long as a card is shared by three, and accuses nobody else."""
    told = json.loads((source.parent / "about.json").read_text("utf-8"))
    shared = {row["operator"]: row["hygiene"]["accounts_per_card"] for row in told["operators"]}
    truth = read_truth(source.parent / "truth.csv")
    assert case.parent == source.parent and not case.exists()
    return {who: operator for who, operator in truth.items() if operator and shared[operator] >= 3}


@pytest.fixture(scope="module")
def points() -> list[Point]:
    trial = Trial("medium", 400, (1, 2))
    return measure(knobs_named(("cards", "hours")), trial, all_or_none, on_step=lambda *_: None)


def test_every_knob_that_costs_something_has_a_ladder() -> None:
    turned = {name for knob in KNOBS.values() for level in knob.levels for name, _ in level.changes}
    assert turned == {item.name for item in fields(Hygiene)}
    alone = {
        name
        for knob in KNOBS.values()
        if knob.name != "identifiers"
        for level in knob.levels
        for name, _ in level.changes
    }
    assert alone == {item.name for item in fields(Hygiene)} - FREE


@pytest.mark.parametrize("name", KNOBS)
def test_a_ladder_gets_dearer_and_each_step_is_another_hygiene(name: str) -> None:
    knob = KNOBS[name]
    budgets = [level.budget for level in knob.levels]
    assert budgets == sorted(set(budgets)) and len(budgets) >= 2 and knob.unit
    for base in BASES.values():
        assert len({level.on(base) for level in knob.levels}) == len(budgets)
        assert all(level.on(base).templates < TEMPLATES_PER_OPERATOR for level in knob.levels)


def test_identifiers_lead_from_careless_to_careful() -> None:
    first, *_, last = (level.on(BASES["medium"]) for level in KNOBS["identifiers"].levels)
    rotated = {name: getattr(CAREFUL, name) for kind in IDENTIFIERS for name in kind}
    assert first == SLOPPY and last == replace(SLOPPY, **rotated)


def test_a_point_for_every_step_and_seed(points: list[Point]) -> None:
    assert [(p.knob, p.budget, p.seed) for p in points] == [
        (knob.name, level.budget, seed)
        for knob in knobs_named(("cards", "hours"))
        for level in knob.levels
        for seed in (1, 2)
    ]
    assert {p.recall for p in points if p.knob == "cards" and p.budget < 40} == {1.0}
    assert {p.accounts for p in points} == {400} and {p.operator_accounts for p in points} == {16}
    dear = [p for p in points if p.knob == "cards" and p.budget > 40]
    assert {p.operators_found for p in dear} == {0} and {p.innocents_flagged for p in points} == {0}


def test_where_recall_has_halved(points: list[Point]) -> None:
    cards, hours = halved(points)
    assert (cards.knob, cards.first, cards.budget) == ("cards", 1.0, 62.0)
    assert cards.last is not None and cards.last < 0.5
    assert hours.budget is None and hours.first == hours.last


def test_the_same_hygiene_is_measured_once(tmp_path: Path) -> None:
    measured: list[Path] = []

    def count(source: Path, case: Path) -> Mapping[str, str]:
        measured.append(source)
        return {}

    told: list[tuple[int, int]] = []
    found = measure(
        knobs_named(("hours", "clients")),
        Trial("medium", 300, (1,)),
        count,
        on_step=lambda done, every, _: told.append((done, every)),
    )
    assert len(found) == 5 and len(measured) == 4
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert not any(source.exists() for source in measured), "populations are not kept"


def test_names_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="no knob 'luck'") as caught:
        knobs_named(("cards", "luck"))
    assert "paraphrase" in caught.value.hint
    for trial, message in (
        (Trial("wild", 300, (1,)), "no base 'wild'"),
        (Trial("medium", 300, ()), "no seed"),
    ):
        with pytest.raises(UsageError, match=message):
            measure(knobs_named(("hours",)), trial, all_or_none, on_step=lambda *_: None)


def test_all_knobs_are_taken_where_none_is_named() -> None:
    assert [knob.name for knob in knobs_named(())] == list(KNOBS)
    assert [knob.name for knob in knobs_named(("filler", "cards", "cards"))] == ["cards", "filler"]


def test_a_mean_does_not_depend_on_order_and_leaves_out_what_is_undefined() -> None:
    values = [0.1, 0.2, 0.3, None, 0.7]
    assert mean(values) == mean(values[::-1]) == pytest.approx(0.325)
    assert mean([None]) is None and mean([]) is None


def test_nothing_found_at_first_halves_nowhere() -> None:
    none = [replace(POINT, budget=budget, recall=0.0) for budget in (1.0, 2.0)]
    assert halved(none)[0].budget is None
    assert halved([replace(POINT, recall=None)])[0].first is None


def test_the_table_and_the_pictures(tmp_path: Path, points: list[Point]) -> None:
    files = write(tmp_path / "out", points)
    assert [file.name for file in files] == ["curves.csv", "curves.vl.json", "curves.svg"]
    with files[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(points) and float(rows[0]["recall"]) == points[0].recall
    chart = altair.Chart.from_dict(json.loads(files[1].read_text("utf-8")))
    assert isinstance(chart, altair.FacetChart)
    drawn = ElementTree.fromstring(files[2].read_text("utf-8"))
    texts = {each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"cards", "hours", "17", "100", "recall (B³)", "hours of the day left idle"} <= texts
    lines = [each for each in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert len(lines) == 4 and len(lines[0].get("points", "").split()) == 4
    again = tmp_path / "again"
    assert [path.read_bytes() for path in write(again, points)] == [path.read_bytes() for path in files]


def test_what_is_undefined_is_not_drawn(tmp_path: Path) -> None:
    *_, vega, svg = write(tmp_path, [replace(POINT, precision=None), replace(POINT, budget=33.0)])
    values = json.loads(vega.read_text("utf-8"))["data"]["values"]
    assert [row["measure"] for row in values] == ["recall", "recall", "precision"]
    assert svg.read_text("utf-8").count("<circle") == 3


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="file: cannot be written"):
        write(tmp_path / "file", [POINT])
