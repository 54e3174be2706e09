"""A signal is one file: one declared here, in one place, is evidence, explained, reported and checked for."""

import csv
import json
import shutil
from pathlib import Path

import ibis.expr.types as ir
import pytest

from linkage import investigate
from linkage.evidence.signals import registry
from linkage.evidence.signals.detail import Run
from linkage.evidence.signals.signal import Shared, signal
from linkage.settings import Settings
from tests.conftest import Command
from tests.promised import rows

TRAIT = "shoe"


def worded(held: ir.Table, run: Run) -> ir.StringValue:
    return held.degree.cast("string") + f" of {run.accounts} wear it"


@signal("footwear", "lineage", detail=worded)
def footwear() -> Shared:
    """Both accounts were seen in shoes of one colour, as a camera at the door reports them."""
    return Shared(TRAIT, agreement=0.9)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The fixtures' source, and a table from which the accounts of each operator share a shoe."""
    folder = tmp_path_factory.mktemp("source") / "case"
    shutil.copytree(root / "fixtures" / "case", folder)
    truth = csv.DictReader((root / "fixtures" / "truth.csv").read_text("utf-8").splitlines())
    worn = [f"{row['account']},{TRAIT},{row['operator']}" for row in truth if row["operator"]]
    (folder / "observations.csv").write_text("\n".join(["account,trait,value", *worn]) + "\n", "utf-8")
    return folder


@pytest.fixture
def case(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with the signal in the list."""
    monkeypatch.setattr(registry, "SIGNALS", (*registry.SIGNALS, footwear))
    settings = Settings.load(None, prompts={"encoder": "hashing"})
    return investigate(source, case=tmp_path / "case", settings=settings).path


def test_a_signal_declared_in_one_place_is_seen_everywhere(
    case: Path, source: Path, linkage: Command
) -> None:
    evidence = rows(case, "evidence")
    found = [row for row in evidence if row["signal"] == "footwear"]
    assert found and {row["family"] for row in found} == {"lineage"}
    assert all(row["value"].startswith("operator") and " wear it" in row["detail"] for row in found)
    assert f"shared {TRAIT}" not in {row["signal"] for row in evidence}, "it is no foreign trait any more"
    assert {row["family"] for row in rows(case, "observations") if row["trait"] == TRAIT} == {"lineage"}

    code, page, _ = linkage("explain", case, found[0]["left"], found[0]["right"], "--output", "json")
    assert code == 0
    assert "footwear" in page and "a camera at the door reports them" in page

    for place in (case, source):
        said = json.loads(linkage("doctor", place, "--output", "json")[1])["signals"]
        assert {"signal": "footwear", "family": "lineage", "supported": True, "missing": []} in said

    out = case.parent / "report.html"
    code, _, error = linkage("report", case, "--out", out)
    assert code == 0, error
    assert "footwear" in out.read_text("utf-8")

    run = json.loads((case / "run.json").read_text("utf-8"))
    assert run["settings"]["evidence"]["signals"]["footwear"]["agreement"] == 0.9
    listed = json.loads(linkage("settings", "--output", "json")[1])["rows"]
    (signals,) = [row["value"] for row in listed if row["setting"] == "evidence.signals"]
    assert signals["footwear"]["agreement"] == 0.9


def test_without_its_line_in_the_registry_doctor_does_not_know_it(source: Path, linkage: Command) -> None:
    said = json.loads(linkage("doctor", source, "--output", "json")[1])["signals"]
    assert "footwear" not in {row["signal"] for row in said}
