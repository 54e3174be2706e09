"""What generalise.py prints of its runs, and that each variant changes something."""

import pkgutil
from functools import reduce
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from generalise import Population, blind, report
from generalise_variants import RULES, SETTINGS, scaled

from linkage.lab.evaluate import evaluate
from linkage.lab.simulate import simulate
from linkage.settings import Settings

TRUTH = {f"a{n}": "one" if n < 4 else "two" if n < 6 else None for n in range(100)}


def found(accounts: int, innocents: int) -> dict[str, str]:
    """Groups with so many accounts of the first operator, and so many innocents in another group."""
    return {f"a{n}": "g" for n in range(accounts)} | {f"a{99 - n}": "h" for n in range(innocents)}


def test_every_population_has_its_figures_with_intervals_and_every_variant_its_moves() -> None:
    whole, less = evaluate(found(4, 0), TRUTH, ["a50"]), evaluate(found(2, 3), TRUTH)
    scores = {
        ("lab", "mixed 11"): {"as it is": whole, "without it": less},
        ("independent", "course"): {"as it is": whole, "without it": whole},
    }
    lines = list(report(scores, ["as it is", "without it"]))
    own = next(line for line in lines if "mixed 11" in line)
    assert "| 1.000 | 0.833 (" in own and "| 1 of 2 |" in own
    assert "| 0 (0.0–392.6 per 10,000) | 1 (" in own, "no innocent in 94 is no proof of none"
    moves = next(line for line in lines if line.startswith("| without it"))
    assert [cell.strip() for cell in moves.split("|")[1:-1]] == ["without it", "+0.000", "+0", "-0.417", "+3"]


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_left_out_changes_a_setting_or_a_function_that_there_is(name: str) -> None:
    variant = RULES[name]
    assert variant.patches or variant.settings.digest() != Settings().digest()
    for target, _instead in variant.patches:
        assert callable(pkgutil.resolve_name(target))


@pytest.mark.parametrize("path", SETTINGS)
def test_a_setting_moves_by_its_factor_alone(path: str) -> None:
    before, moved = (
        reduce(getattr, path.split("."), each) for each in (Settings(), scaled(path, 1.3).settings)
    )
    assert moved == pytest.approx(1.3 * before, rel=0.1) and moved != before
    assert scaled(path, 1.0).settings.digest() == Settings().digest()


def test_a_population_without_prompts_keeps_everything_else(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    simulate(whole, profile="fixture", accounts=400, interactions=2000, seed=1)
    found = blind(Population("fixture", "lab", whole), tmp_path / "blind")
    assert (found.name, found.generator) == ("fixture without prompts", "lab")
    before, after = (
        pq.read_table(folder / "source" / "interactions.parquet") for folder in (whole, found.folder)
    )
    assert after.equals(before.drop_columns(["prompt", "system_prompt"]))
    assert found.truth == Population("", "", whole).truth
    assert {f.name for f in (found.folder / "source").iterdir()} == {
        f.name for f in (whole / "source").iterdir()
    }
