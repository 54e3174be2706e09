"""The STIX file of an evidence bundle: what the view opens, and nothing more."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from linkage.attribution.techniques import techniques
from linkage.bundle import create
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.policy import Policy, read_policy
from linkage.bundle.signing import Key, new_key, signer_line
from linkage.share import export
from linkage.share.export import in_view
from tests.bundle.made import unpacked
from tests.share.conftest import Spring
from tests.share.read import indicators, objects

STIX = "data/stix/bundle.json"


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return new_key(tmp_path_factory.mktemp("signing") / "key", "legal@provider.example")


def made(
    spring: Spring, key: Key, policy: Policy, out: Path, withhold: tuple[str, ...] = ()
) -> dict[str, bytes]:
    wanted = create.Wanted([spring.group], policy, key, "court", out, override="a test", stix=in_view)
    if withhold:
        wanted = create.redacted(wanted, withhold, "privilege")
    create.create(spring.case, wanted)
    found = verify_bundle(str(out), Asked(signer_line(key, seal=True, view=True), recompute=True))
    assert found.report.good, found.report.faults
    return unpacked(out)


def test_a_view_with_names_tells_what_share_tells(spring: Spring, signing: Key, tmp_path: Path) -> None:
    files = made(spring, signing, read_policy("court"), tmp_path / "a.zip")
    found = indicators(files[STIX], tmp_path / "read")
    assert {(row["trait"], row["value"]) for row in found} == {
        (row["trait"], row["value"]) for row in spring.share().rows
    }
    assert {row["source"] for row in found} == {"legal@provider.example"}
    declared = json.loads(files["data/VIEW.json"])["declared"]
    kinds = ("indicator", "relationship", "grouping", "intrusion-set", "identity")
    created = {each["created"] for each in objects(files[STIX]) if each["type"] in kinds}
    (stamp,) = created  # STIX has thousandths
    apart = datetime.fromisoformat(stamp) - datetime.fromisoformat(declared)
    assert abs(apart.total_seconds()) < 0.001 and len(stamp) == len("2026-01-01T00:00:00.000Z")


def test_two_recipients_know_an_account_by_two_names(spring: Spring, signing: Key, tmp_path: Path) -> None:
    names = []
    for recipient in ("court", "lab"):
        wanted = create.Wanted(
            [spring.group],
            read_policy("court"),
            signing,
            recipient,
            tmp_path / f"{recipient}.zip",
            stix=in_view,
        )
        create.create(spring.case, wanted)
        found = objects(unpacked(wanted.out)[STIX])
        names.append({each["user_id"] for each in found if each["type"] == "user-account"})
    assert len(names[0]) == 12 and names[0].isdisjoint(names[1])


@pytest.mark.parametrize("name", ["partner", "public"])
def test_a_view_without_names_has_none(name: str, spring: Spring, signing: Key, tmp_path: Path) -> None:
    assert STIX not in made(spring, signing, read_policy(name), tmp_path / "a.zip")


def test_what_is_redacted_is_not_told(spring: Spring, signing: Key, tmp_path: Path) -> None:
    files = made(spring, signing, read_policy("court"), tmp_path / "a.zip", ("seen/*/fingerprint",))
    traits = {row["trait"] for row in indicators(files[STIX], tmp_path / "read")}
    assert "fingerprint" not in traits and "billing_hash" in traits
    assert b"'hand 2'" not in files[STIX]


def test_a_class_that_is_withheld_is_not_told(spring: Spring, signing: Key, tmp_path: Path) -> None:
    court = read_policy("court")
    policy = replace(court, withhold=(*court.withhold, "seen.billing-hash"))
    files = made(spring, signing, policy, tmp_path / "a.zip")
    assert "billing_hash" not in {row["trait"] for row in indicators(files[STIX], tmp_path / "read")}


@pytest.mark.parametrize("closed", ["group/*/interactions", "member/*/standing", "group/*/active-days"])
def test_without_what_it_is_built_on_there_is_none(
    closed: str, spring: Spring, signing: Key, tmp_path: Path
) -> None:
    assert STIX not in made(spring, signing, read_policy("court"), tmp_path / "a.zip", (closed,))


def test_the_same_view_has_the_same_bytes(spring: Spring, signing: Key, tmp_path: Path) -> None:
    one, other = (made(spring, signing, read_policy("court"), tmp_path / f"{n}.zip") for n in "ab")
    assert one == other


def test_no_technique_is_named_because_of_what_is_withheld(
    spring: Spring, signing: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a figure of the finding is closed, the techniques are chosen without it."""
    chosen: list[dict[str, Any]] = []
    monkeypatch.setattr(
        export, "techniques", lambda finding: chosen.append(dict(finding)) or techniques(finding)
    )
    court = read_policy("court")
    made(spring, signing, court, tmp_path / "a.zip")
    made(spring, signing, court, tmp_path / "b.zip", ("group/*/infrastructure",))
    policy = replace(court, withhold=(*court.withhold, "group.infrastructure"))
    made(spring, signing, policy, tmp_path / "c.zip")
    [finding] = spring.case.findings
    for name in ("distillation", "infrastructure"):
        assert all(each[name] == finding[name] for each in chosen[:1])
    assert chosen[1]["infrastructure"] is None
    assert chosen[2]["infrastructure"] is None
