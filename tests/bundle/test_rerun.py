"""V4: everything computed again from the sources, and what is said where it gives other tables."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from linkage import pipeline
from linkage.bundle import create, rerun
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.policy import read_policy
from linkage.bundle.rerun import Given
from linkage.bundle.signing import signer_line
from linkage.bundle.validation import read_validation
from linkage.case import Case
from linkage.cli.app import run
from linkage.errors import UsageError
from tests import promised, returning
from tests.bundle.forger import Forger, forge
from tests.bundle.made import forged, unpacked
from tests.bundle.test_likelihood import REPORTED
from tests.bundle.test_validation import written
from tests.bundle.whole import Whole

SETTINGS = """
[prompts]
encoder = "hashing"
[signals]
min_propose_bits = 0.5
min_pair_bits = 0.5
[scoring]
operator_accounts = 12
strong_bits = 2.0
[grouping]
min_accounts = 3
resamples = 2
null_runs = 2
max_q = 1.0
[grouping.stories]
margin_bits = 0.0
"""


@pytest.fixture(scope="module")
def court(whole: Whole) -> Path:
    return whole.bundle(whole.case.parent / "court.zip", read_policy("court"))


def test_the_same_sources_give_the_same_tables(
    whole: Whole, court: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "signers").write_text(signer_line(whole.key, seal=True, view=True))
    given = ["bundle", "verify", court, "--signers", tmp_path / "signers", "--rerun", whole.sources]
    assert run([str(each) for each in [*given, "--output", "json"]]) == 0
    (rung,) = [row for row in json.loads(capsys.readouterr().out)["ladder"] if row["rung"] == "V4"]
    tables = len(Case(whole.case).run["outputs"]) - len(["lineage"])
    said = f"{tables} tables computed again are the same to the byte and [0-9]+ opened units say what is"
    assert rung["state"] == "holds"
    assert re.fullmatch(f"{said} computed again", rung["remark"]), rung


def test_another_source_is_told_with_each_table_that_differs(
    whole: Whole, court: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    changed = returning.tables("a", strangers=40)
    changed["payments"][-1]["fingerprint"] = "another card"
    promised.write(changed, logs)
    found = whole.verified(court)
    rerun.rerun(found, court, Given([logs]), investigate=pipeline.investigate)
    faults = {(each.what, each.path) for each in found.report.faults}
    assert {each.rung for each in found.report.faults} == {"V4"}
    assert any(what == "a source that was not sealed" and "payments" in path for what, path in faults)
    assert ("a sealed source that was not given", "--rerun") in faults
    assert ("a table that differs when it is computed again", "observations.parquet") in faults
    assert ("a table that differs when it is computed again", "templates.parquet") not in faults


def test_other_settings_are_told_before_anything_runs(whole: Whole, court: Path, tmp_path: Path) -> None:
    (tmp_path / "linkage.toml").write_text(SETTINGS.replace("resamples = 2", "resamples = 3"))
    found = whole.verified(court)
    rerun.rerun(
        found, court, Given([tmp_path / "none"], tmp_path / "linkage.toml"), investigate=pipeline.investigate
    )
    assert [each.what for each in found.report.faults] == [
        "settings other than the sealed ones: --settings names them"
    ]


def test_a_view_without_settings_needs_them_named(whole: Whole, tmp_path: Path) -> None:
    policy = read_policy("court")
    closed = create.redacted(
        create.Wanted([whole.group], policy, whole.key, "court", tmp_path / "a.zip"), ["setting/*"], "policy"
    ).policy
    found = whole.verified(whole.bundle(tmp_path / "a.zip", closed))
    with pytest.raises(UsageError, match="does not open the settings"):
        rerun.rerun(found, tmp_path / "a.zip", Given([whole.sources]), investigate=pipeline.investigate)
    (tmp_path / "linkage.toml").write_text(SETTINGS)
    given = Given([whole.sources], tmp_path / "linkage.toml")
    rerun.rerun(found, tmp_path / "a.zip", given, investigate=pipeline.investigate)
    assert found.report.good and "V4" in found.report.looked


def test_a_view_without_digests_of_tables_is_compared_by_its_units(whole: Whole, tmp_path: Path) -> None:
    wanted = create.Wanted([whole.group], read_policy("court"), whole.key, "court", tmp_path / "a.zip")
    closed = create.redacted(wanted, ["run/outputs"], "policy").policy
    found = whole.verified(whole.bundle(tmp_path / "a.zip", closed))
    rerun.rerun(found, tmp_path / "a.zip", Given([whole.sources]), investigate=pipeline.investigate)
    assert found.report.good, found.report.faults
    assert re.fullmatch("[0-9]+ opened units say what is computed again", found.report.looked["V4"])


@pytest.mark.parametrize("kind", ["run.verdicts", "run.known", "run.renamed", "group.in-case"])
def test_a_view_that_withholds_what_bound_the_run_says_so(kind: str, whole: Whole, tmp_path: Path) -> None:
    court = read_policy("court")
    path = whole.bundle(tmp_path / "a.zip", replace(court, withhold=(*court.withhold, kind)))
    found = whole.climb(path)
    assert found.report.good and "V4" not in found.report.looked
    assert found.report.not_looked["V4"].startswith("the view does not open")


def test_an_earlier_case_has_to_be_the_one_that_was_shown(whole: Whole, court: Path, tmp_path: Path) -> None:
    """Sealed as if the run had been shown a case: whoever runs it again has to be given that one."""
    shown = [
        {"case": "winter", "outputs": {"groups.parquet": "1" * 64}, "groups": [], "settings_digest": "2"}
    ]
    path = forge(
        court, whole.key, tmp_path / "a.zip", lambda forger: forger.change("run/known", lambda _: shown)
    )
    found = whole.verified(path)
    with pytest.raises(UsageError, match="was shown 1 earlier case") as refused:
        rerun.rerun(found, path, Given([whole.sources]), investigate=pipeline.investigate)
    assert "--known" in refused.value.hint
    given = Given([whole.sources], known=[whole.case])
    rerun.rerun(found, path, given, investigate=pipeline.investigate)
    assert {each.what for each in found.report.faults} == {
        "an earlier case that the run was not shown",
        "an earlier case that the run was shown and that was not given",
    }


def test_error_rates_are_of_other_data_and_set_how_far_words_go(whole: Whole, tmp_path: Path) -> None:
    rates = read_validation(written(tmp_path, reported_bits=REPORTED))
    path = whole.bundle(tmp_path / "a.zip", read_policy("court"), validation=rates, reseal=True)
    claims = unpacked(path)["data/claims.jsonl"]
    assert b"support" in claims and b"no validation data" not in claims
    found = whole.climb(path)
    assert not found.report.faults and "V4" in found.report.looked, found.report.faults


def test_a_bundle_that_does_not_hold_is_not_run_again(whole: Whole, court: Path, tmp_path: Path) -> None:
    bad = forged(
        court, tmp_path / "bad.zip", lambda files: files.pop("data/claims.jsonl") and None, whole.key
    )
    found = verify_bundle(str(bad), Asked(signer_line(whole.key, seal=True, view=True)))
    rerun.rerun(found, bad, Given([tmp_path / "none"]), investigate=pipeline.investigate)
    assert found.report.not_looked["V4"] == "an earlier rung fails" and "V4" not in found.report.looked


@pytest.mark.parametrize(("name", "bits"), [("link-bits", "20.0"), ("strong-bits", "30.0")])
def test_a_rule_of_links_that_was_not_the_run_s_gives_other_links(
    name: str, bits: str, whole: Whole, court: Path, tmp_path: Path
) -> None:
    """Sealed with the digest that its settings have then: only the arithmetic of the links tells."""
    path = f"setting/links/{name}"
    first = forge(court, whole.key, tmp_path / "a.zip", lambda forger: forger.change(path, lambda _: bits))
    digest = rerun._settings(whole.verified(first), None).digest()

    def told(forger: Forger) -> None:
        forger.change(path, lambda _: bits)
        forger.change("run/settings-digest", lambda _: digest)

    found = whole.verified(second := forge(court, whole.key, tmp_path / "b.zip", told))
    rerun.rerun(found, second, Given([whole.sources]), investigate=pipeline.investigate)
    faults = {(each.rung, each.what, each.path) for each in found.report.faults}
    assert ("V4", "a table that differs when it is computed again", "links.parquet") in faults
    assert not any("settings" in what for _, what, _ in faults)
    assert any("is not found when it is computed again" in what for _, what, _ in faults)
