"""What a bundle says in two places is the same in both, and units belong together, whoever sealed them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.checks.agreement import WITHHELD_WORD, fits
from linkage.bundle.checks.derived import policy_digest
from linkage.bundle.masking import Mask
from linkage.bundle.policy import read_policy
from tests import made_case
from tests.bundle import lies
from tests.bundle.forger import OPENED, Forger, Lie, forge
from tests.bundle.made import World, contradicted, standalone, world

HOLDS_NOT = "of a kind that bundles do not hold"


def group_of(forger: Forger) -> str:
    return str(forger.view["groups"][0])


def unit(path: str, value: Any) -> Lie:
    """A unit that no run gives, sealed and opened."""

    def lie(forger: Forger) -> None:
        forger[path.format(group=group_of(forger))] = value

    return lie


def changed(prefix: str, suffix: str, change: Callable[[Any], Any]) -> Lie:
    """Another value of the first unit of a kind."""
    return lambda forger: lies.first(prefix, suffix, change)(forger, group_of(forger))


def another_run(forger: Forger) -> None:
    forger.seal["run-sha256"] = "0" * 64


def fewer_runs(forger: Forger) -> None:
    """Custody tells that the run was begun, and the list of runs is empty."""
    rows = [json.loads(line) for line in forger.files["data/custody/custody.jsonl"].splitlines()]
    rows[0]["act"] = "compute-begun"
    forger.rewrite_custody(rows, sealed=2)
    forger["run/attempts"] = []


def point_in_full_alone(forger: Forger) -> None:
    forger[f"against/{group_of(forger)}/999/in-full"] = "This group is certain."


def softened_in_full(forger: Forger) -> None:
    """The point that is counted says one thing, the one that is printed another."""
    path = forger.paths(f"against/{group_of(forger)}/", "/in-full")[0]
    forger.change(path, lambda said: "Nothing of weight speaks against it.")


def emptied_in_full(forger: Forger) -> None:
    forger.change(forger.paths(f"against/{group_of(forger)}/", "/in-full")[-1], lambda said: "")


def one_account_twice(forger: Forger) -> None:
    """An account is two members: each with a handle of its own."""
    one, other = forger.paths("account/", "/name")[:2]
    forger[other] = forger[one]


def one_member_for_two(forger: Forger) -> None:
    one, other = forger.paths("account/", "/member")[:2]
    forger[other] = forger[one]


def linked_with_itself(forger: Forger) -> None:
    path = forger.paths("link/", "/ends")[0]
    forger[path] = [forger[path][0]] * 2


def linked_twice(forger: Forger) -> None:
    one, other = forger.paths("link/", "/ends")[:2]
    forger[other] = forger[one][::-1]


def linked_with_a_stranger(forger: Forger) -> None:
    """An account that is no member, in a link of the group."""
    account = "0" * 19 + "a"
    forger[f"account/{account}/name"] = "innocent@example.org"
    forger[f"account/{account}/member"] = "0" * 19 + "b"
    path = forger.paths("link/", "/ends")[0]
    forger[path] = [forger[path][0], account]


def names_denied(forger: Forger) -> None:
    forger.view["policy"]["names"] = False
    forger.view["policy"]["sha256"] = policy_digest(forger.view)


def of_another_schema(forger: Forger) -> None:
    forger.view["schema"] = 99


LIES: dict[str, tuple[Lie, str]] = {
    "a seal of another run": (another_run, "the seal is of another run"),
    "runs left out that custody tells of": (fewer_runs, "runs of which custody tells were left out"),
    "5,000 accounts beside twelve members": (
        unit("group/{group}/accounts", 5_000), "a group of another number of accounts than of members",
    ),
    "as many accounts, as a text": (
        changed("group/{group}/", "/accounts", str), "a group of another number of accounts than of members",
    ),
    "one account, as true": (
        unit("group/{group}/accounts", True), "a group of another number of accounts than of members",
    ),
    "more links than were sealed": (
        changed("group/{group}/", "/links", lambda pair: [pair[0] + 1, pair[1] + 1]),
        "a group of another number of links than were sealed",
    ),
    "fewer links in all than were sealed": (
        changed("group/{group}/", "/links", lambda pair: [pair[1] - 1, pair[1]]),
        "a group of another number of links than were sealed",
    ),
    "a point against in full that is not counted": (
        point_in_full_alone, "a point against in full that is not counted",
    ),
    "a point against softened where it is printed": (
        softened_in_full, "a point against that says something else in full",
    ),
    "a point against emptied where it is printed": (
        emptied_in_full, "a point against that says something else in full",
    ),
    "one account as two": (one_account_twice, "one account under two handles"),
    "two accounts as one member": (one_member_for_two, "one member who is two accounts"),
    "a link of an account with itself": (linked_with_itself, "a link that is none between two accounts"),
    "two links of one pair": (linked_twice, "two links between the same two accounts"),
    "a link with an innocent": (linked_with_a_stranger, "a link with somebody who is no member"),
    "names that are said to be withheld": (names_denied, "opens names and says that it does not"),
    "a gate that did not pass, in a word": (
        unit("group/{group}/gates", [{"name": "margin", "detail": "-3 bits", "passed": "no"}]),
        "a group that its data do not carry",
    ),
    "a view of another schema": (of_another_schema, "a view of another schema"),
    "a field of an unknown kind": (unit("verdict/{group}/guilty", True), HOLDS_NOT),
    "a decoy that speaks": (unit(f"decoy/{'0' * 20}/none", "guilty"), HOLDS_NOT),
    "a member with a name of its own": (unit("member/{group}/aa/name", ["1.000000", "core"]), HOLDS_NOT),
    "rates beside the rates": (unit("validation/better-rates", {}), HOLDS_NOT),
    "a group below a group": (unit("group/{group}/note/guilty", "yes"), HOLDS_NOT),
}  # fmt: skip
"""Lies of a key-holder who sealed them from the start: claims, counts and texts follow from what he says."""


@pytest.mark.parametrize("name", LIES)
def test_what_does_not_agree_is_refused(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    lie, words = LIES[name]
    path = forge(court, sealed.key, tmp_path / "a.zip", lie)
    found = sealed.verify(path).report
    contradicted(found, words)
    assert standalone(path, signers, "--recompute").returncode == 5


def test_a_bundle_that_is_forged_without_a_lie_holds(court: Path, sealed: World, tmp_path: Path) -> None:
    assert sealed.verify(forge(court, sealed.key, tmp_path / "a.zip", lambda forger: None)).report.good


def test_a_member_is_core_or_fringe_with_a_share(court: Path, sealed: World, tmp_path: Path) -> None:
    for number, (old, new) in enumerate(((b'"core"', b'"boss"'), (b'["1.000000",', b'["7.000000",'))):

        def after(forger: Forger, old: bytes = old, new: bytes = new) -> None:
            lines = forger.files[OPENED].splitlines(keepends=True)
            place = next(place for place, line in enumerate(lines) if b'"member/' in line and old in line)
            lines[place] = lines[place].replace(old, new)
            forger.files[OPENED] = b"".join(lines)

        path = forge(court, sealed.key, tmp_path / f"{number}.zip", lambda forger: None, after)
        told = {each.what for each in sealed.verify(path).report.faults}
        assert "a unit of another form: a standing that no member has" in told


def test_a_view_that_tells_accounts_apart_says_why(sealed: World, tmp_path: Path) -> None:
    policy = replace(read_policy("public"), min_k=0)
    sealed.create(tmp_path / "a.zip", policy=policy, recipient="a reader", override="asked for by the court")
    for number, reason in enumerate(("asked for by the court", "")):

        def lie(forger: Forger, reason: str = reason) -> None:
            forger.view["policy"]["min_k"] = 1_000
            forger.view["policy"]["sha256"] = policy_digest(forger.view)
            forger.say_in_export(override=reason)

        path = forge(tmp_path / "a.zip", sealed.key, tmp_path / f"b{number}.zip", lie)
        found = sealed.verify(path).report
        assert found.good == bool(reason), found.faults
        words = "a view without names that tells accounts apart, and does not say why"
        assert (words in {each.what for each in found.faults}) != bool(reason)


@pytest.mark.parametrize("signal", ["part_0001_of_0002", "part-0001-of-0002-x", "part", "in_full", "decoy"])
def test_a_signal_may_be_called_what_a_part_is(signal: str, tmp_path: Path) -> None:
    """Signals are called what a source calls its columns."""
    signals = made_case.MEANINGS | {signal: {"family": "other", "meaning": "one value"}}
    told = made_case.receipt() | {"signals": signals}
    own = world(tmp_path, run=told | {"seed": 7, "versions": {"linkage": "0.1.0"}})
    own.create(tmp_path / "a.zip")
    assert own.verify(tmp_path / "a.zip").report.good


# --- points in full --------------------------------------------------------------------------------------


WORDS = st.lists(st.sampled_from(["card", "10.0.0.1", "a b", "[withheld]", "op", "op-0123456789", "-", "é"]))


@given(WORDS, WORDS, st.sampled_from([" ", ", ", "-"]))
def test_a_sentence_fits_what_any_mask_leaves_of_it(said: list[str], hidden: list[str], gap: str) -> None:
    full = gap.join(said)
    assert fits(Mask(hidden, hidden[:2]).hide(full), full)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_sentence_without_a_mask_fits_itself_alone(said: str, full: str) -> None:
    if WITHHELD_WORD not in said:
        assert fits(said, full) == (said == full)


@pytest.mark.parametrize(
    ("said", "full", "is_one"),
    [
        ("held by [withheld] only", "held by 10.0.0.1 only", True),
        ("held by [withheld] only", "held by  only", False),
        ("held by [withheld] only", "held by 10.0.0.1", False),
        ("[withheld] and [withheld]", "a and b", True),
        ("[withheld] and [withheld]", "a and b and c", True),
        ("[withheld] and [withheld]", "a or b", False),
        ("[withheld][withheld]", "a", False),
        ("group op-[withheld] is near", "group g-0123456789abcdef is near", True),
        ("group [withheld]-fa6601a29e is near", "group g-0123456789abcdef is near", True),
    ],
)  # fmt: skip
def test_where_words_are_withheld(said: str, full: str, is_one: bool) -> None:
    assert fits(said, full) == is_one
