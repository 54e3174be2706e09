"""Bundles of a forger who holds every key: he seals what he says, and signs it anew.

Manifests, seal, custody and signatures fit each time. What units contradict fails by V2 or V3; what is told
without a contradiction fails where the run is made again. What is accepted changes no fact of the case.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.policy import read_policy
from tests.bundle import lies
from tests.bundle.forger import Forger, forge
from tests.bundle.lies import Told, both, claimed, field, file, first, hidden, removed, swapped
from tests.bundle.made import standalone
from tests.bundle.whole import Whole, named_in

OTHER = "a unit that is not what is computed again"
MISSING = "a unit that is computed again and not in the bundle"
TOGETHER = "units that belong together otherwise"
NEITHER = "units that are neither opened nor withheld"
LEFT_OUT = "points against were left out"
NUMBER = "a claim computes to another number"
NOBODY = "reasons that rest on observations of nobody, or of somebody else"
MOMENTS = "seen on other days than at the moments told"
POINT = "a point against in other words than its examination gives"
GATE = "a gate in other words than its numbers give"
BY_DAY = "another number of requests than by day"
MEMBERS = ("member.standing",)


def _longer_days(days: list[Any]) -> list[Any]:
    return [[day, count * 10] for day, count in days]


def _no_bits_against(rows: list[Any]) -> list[Any]:
    return [row for row in rows if not row[2].startswith("-")]


CONTRADICTED: dict[str, Told] = {
    "5,000 accounts where 12 are opened": Told(
        claimed("count-members", value="5000", units=5_000),
        "V3",
        "a claim with other units than its units give",
    ),
    "5,000 accounts, resting on 12": Told(claimed("count-members", value="5000"), "V3", NUMBER),
    "5,000 accounts where members are withheld": Told(
        claimed("count-members", value="5000", units=5_000),
        "V3",
        "a claim of another number than was sealed",
        withheld=MEMBERS,
    ),
    "5,000 accounts sealed where members are withheld": Told(
        lies.inflated, "V2", "opened and withheld units are not as many as were sealed", withheld=MEMBERS
    ),
    "5,000 accounts sealed and withheld": Told(
        lies.inflated_with_decoys, "V2", "more units than the seal commits to", withheld=MEMBERS
    ),
    "5,000 accounts sealed where 12 are opened": Told(lies.inflated, "V2", NEITHER),
    "a member hidden": Told(hidden("member/{group}/"), "V2", NEITHER),
    "a member added and not counted": Told(lies.innocent_alone, "V2", "more units than were sealed"),
    "a link hidden": Told(hidden("link/{group}/", "/strength"), "V2", NEITHER),
    "the bits of a link hidden": Told(hidden("link/{group}/", "/weights"), "V2", NEITHER),
    "a claim hidden": Told(
        hidden("claim/"), "V2", "opened and withheld units are not as many as were sealed"
    ),
    "the claim of what speaks against never made": Told(
        lambda forger, group: forger.remove(forger.claim("count-against")),
        "V3",
        "a claim that the opened units make is left out",
        settled=True,
    ),
    "a score that was never given, and no claim of it": Told(
        field("distillation", "1.000000"),
        "V3",
        "a claim that the opened units make is left out",
        settled=True,
    ),
    "a claim in stronger words": Told(
        claimed("count-members", says="accounts that a foreign state runs"),
        "V3",
        "a claim with other says than its units give",
    ),
    "an interval of another meaning": Told(
        claimed("family-bits", "payment", interval_is="95 %, over all accounts there are"),
        "V3",
        "a claim with other interval_is than its units give",
    ),
    "an interval narrowed": Told(
        claimed("family-bits", "network", interval=["2.000000", "2.000001"]), "V3", "another interval"
    ),
    "a number of the run as one that recomputes": Told(
        claimed("as-run", "log-odds", level="V3"), "V3", "a claim with other level than its units give"
    ),
    "a claim by a method of his own": Told(
        claimed("count-members", method="expert-opinion"), "V3", "a method nobody knows"
    ),
    "a claim of something else": Told(
        claimed("as-run", "log-odds", of="guilt"), "V3", "a method nobody knows"
    ),
    "one number claimed twice": Told(lies.claimed_twice, "V3", "one number claimed twice", settled=True),
    "a claim with a field of his own": Told(
        claimed("count-members", certainty="beyond doubt"), "V3", "a claim with fields nobody knows"
    ),
    "innocent explanations that were never tested": Told(
        claimed("as-run", "log-odds", alternatives=[["any innocent explanation", "does not fit"]]),
        "V3",
        "a claim with other alternatives than its units give",
    ),
    "q-value 0 in the claim alone": Told(claimed("as-run", "q-value", value="0.000000"), "V3", NUMBER),
    "fewer points against in the claim alone": Told(
        claimed("count-against", value="0", units=0), "V3", "a claim with other units than its units give"
    ),
    "the last point against never sealed": Told(lies.last_point_gone, "V2", LEFT_OUT),
    "the last point against hidden": Told(lies.last_point_hidden, "V2", LEFT_OUT),
    "the last point against withheld": Told(lies.last_point_withheld, "V2", LEFT_OUT),
    "points against not counted": Told(
        lambda forger, group: forger.change(f"against/{group}/count", lambda count: count - 1), "V2", LEFT_OUT
    ),
    "a point against left out of the list": Told(
        lies.nothing,
        "V2",
        LEFT_OUT,
        after=file("data/counter-evidence.jsonl", lambda text: b"".join(text.splitlines(True)[1:])),
    ),
    "claims alone, nothing of their group": Told(
        lies.only_claims, "V2", "a group without the numbers of its units"
    ),
    "a view that names no group": Told(
        lies.of_view(groups=[]), "V2", "units of a group that the view does not name"
    ),
    "a view that names a further group": Told(
        lies.further_group, "V2", "a group without the numbers of its units"
    ),
    "a member of a group that is not named": Told(
        lies.another_group, "V2", "units of a group that the view does not name"
    ),
    "numbers of units never sealed": Told(
        removed("group/{group}/units"), "V2", "a group without the numbers of its units"
    ),
    "what people decided never sealed": Told(
        removed("group/{group}/decided"), "V2", "a group without what people decided about it"
    ),
    "a link that is not the sum of its bits": Told(
        first("link/{group}/", "/strength", lambda value: [lies.more_bits(value[0]), value[1]]), "V3", NUMBER
    ),
    "a link that is none": Told(lies.new_link, "V2", "two links between the same two accounts", settled=True),
    "a claim in a stronger word": Told(
        claimed("as-run", "log-odds", words="extremely strong support for one operator"),
        "V3",
        "a claim with other words than its units give",
    ),
    "an innocent as core member": Told(lies.innocent, "V2", "another group than was examined", settled=True),
    "a member left out": Told(lies.exonerated, "V2", "more registrations than accounts", settled=True),
    "a member more stable than he is": Told(
        first("member/{group}/", "", lambda value: ["0.500000", value[1]]),
        "V2",
        "a stability that is not the mean of its members",
        settled=True,
    ),
    "a core member as one of the fringe": Told(
        first("member/{group}/", "", lambda value: [value[0], "fringe"]),
        "V2",
        "a member of another role than its membership gives",
        settled=True,
    ),
    "two accounts with each other's links": Told(lies.ends_swapped, "V2", NOBODY, settled=True),
    "two accounts with each other's addresses": Told(swapped("seen/", "/ip"), "V2", MOMENTS, settled=True),
    "two links with each other's bits": Told(lies.links_swapped, "V2", NOBODY, settled=True),
    "ten times as many interactions": Told(field("by-day", _longer_days), "V2", BY_DAY, settled=True),
    "interactions of the group": Told(field("interactions", 9_000_000), "V2", BY_DAY, settled=True),
    "a longer time": Told(
        field("active-days", ["2020-01-01", "2030-01-01"]),
        "V2",
        "other days than the group was active on",
        settled=True,
    ),
    "an address that was never seen": Told(lies.never_seen, "V2", MOMENTS, settled=True),
    "what an account did never sealed": Told(removed("seen/", "/ip"), "V2", NOBODY, settled=True),
    "what an account did not opened": Told(hidden("seen/", "/ip"), "V2", NOBODY),
    "what an account did withheld in part": Told(lies.seen_in_part, "V2", MOMENTS),
    "no points against": Told(lies.no_points, "V2", POINT, settled=True),
    "one point against fewer": Told(lies.last_point_gone, "V2", POINT, settled=True),
    "a point against softened": Told(lies.softened, "V2", POINT, settled=True),
    "q-value 0": Told(field("q-value", "0.000000"), "V2", GATE, settled=True),
    "a stronger link by a reason that says what it counts as": Told(
        lies.stronger(overlapping=True), "V2", "counts as other bits than it has", settled=True
    ),
    "what a link rests on": Told(
        first("link/{group}/", "/reasons", lambda rows: [["a stolen card", *rows[0][1:]], *rows[1:]]),
        "V2",
        NOBODY,
        settled=True,
    ),
    "another summary": Told(
        field("summary", "12 accounts of a foreign state."), "V2", "a summary in other words", settled=True
    ),
    "a further family": Told(field("families", lambda own: [*own, "device"]), "V2", GATE, settled=True),
    "a gate of other words": Told(
        field("gates", lambda gates: [{**gate, "detail": "passed by far"} for gate in gates]),
        "V2",
        GATE,
        settled=True,
    ),
    "a larger population": Told(
        lambda forger, group: forger.change("run/population", lambda known: {**known, "accounts": 10**9}),
        "V2",
        "compared among another number of accounts",
    ),
    "rows that were all used": Told(
        first("run/input/", "/content", lambda row: {**row, "quarantined": {"broken": 5}}),
        "V2",
        "a source with other rows than were used or set aside",
    ),
}
"""Lies that the bundle itself contradicts."""

CONSISTENT: dict[str, Told] = {
    "an innocent as core member, throughout": Told(lies.innocent_throughout, "V4", OTHER, settled=True),
    "a member left out, throughout": Told(lies.exonerated_throughout, "V4", MISSING, settled=True),
    "another's name on an account": Told(
        first("account/", "/name", lambda name: "a050"), "V4", OTHER, settled=True
    ),
    "two accounts with each other's names": Told(swapped("account/", "/name"), "V4", TOGETHER, settled=True),
    "no points against, and an examination that found none": Told(
        lies.nothing_found, "V4", MISSING, settled=True
    ),
    "a higher log-odds": Told(field("log-odds", "40.000000"), "V4", OTHER, settled=True),
    "a stronger link": Told(lies.stronger(overlapping=False), "V4", OTHER, settled=True),
    "a kinder prior": Told(lies.likelier, "V4", OTHER, settled=True),
    "tokens received": Told(field("output-tokens", 9_000_000_000), "V4", OTHER, settled=True),
    "targets of his own": Told(
        both(
            field("targets", [["weapons", "1.000000"]]),
            field("taken", lambda own: {**own, "targets": [{"name": "weapons", "share": "1.0"}]}),
        ),
        "V4",
        OTHER,
        settled=True,
    ),
    "another infrastructure": Told(field("infrastructure", "a state's"), "V4", OTHER, settled=True),
    "whose it is": Told(field("attribution", {"operator": "a state"}), "V4", OTHER, settled=True),
    "no innocent explanation fits": Told(
        field("examined", lambda found: {**found, "benign_explanations": []}), "V4", OTHER, settled=True
    ),
    "another rarity of a text": Told(
        first("template/{group}/", "/sent", lambda value: [value[0], 0, 9_000]), "V4", OTHER, settled=True
    ),
    "more resampled runs": Told(
        lambda forger, group: forger.change("setting/groups/resamples", lambda runs: 1_000),
        "V4",
        "settings other than the sealed ones",
        settled=True,
    ),
    "tables of another run": Told(
        lambda forger, group: forger.change(
            "run/outputs",
            lambda tables: {name: {**row, "sha256": "0" * 64} for name, row in tables.items()},
        ),
        "V4",
        "a table that differs",
    ),
    "a run that cut nothing off": Told(
        lambda forger, group: forger.change("run/caps", lambda cut: []), "V4", OTHER
    ),
    "verdicts that are not told": Told(
        lies.unrunnable("run/verdicts"), "V4", "neither opened nor withheld: what bound the run"
    ),
    "the id of a group in the case not told": Told(
        lies.unrunnable("group/{group}/in-case"), "V4", "neither opened nor withheld: which ids"
    ),
    "another meaning of a signal": Told(
        first("signal/", "", lambda row: [row[0], row[1], "proof of one operator"]), "V4", OTHER
    ),
}
"""Lies that nothing in the bundle contradicts: sealed before anybody looked."""

BY_HAND: dict[str, Told] = {
    "a confirmed group as one of its data": Told(
        lies.by_data, "V2", "a group that its data do not carry, and does not say so", settled=True
    ),
    "a confirmed group whose gates all passed": Told(
        both(lies.by_data, lies.gates_passed),
        "V2",
        "a gate with another outcome than its numbers give",
        settled=True,
    ),
    "what a person decided told last": Told(lies.reordered, "V2", "does not stand first"),
    "what a person decided left out of the view": Told(
        lies.nothing,
        "V2",
        "the view tells other decisions of people",
        after=lies.view_file(lambda view: {**view, "decided": {}}),
    ),
    "what a person decided left out of the first page": Told(
        lies.nothing,
        "V2",
        "the first page does not say what a person decided",
        after=file("data/README-FIRST.txt", lambda page: page.replace(b"A PERSON DECIDED", b"IT IS KNOWN")),
    ),
    "what a person decided not sealed, and no points against": Told(
        lies.no_points, "V2", "a group that its data do not carry", settled=True
    ),
}
"""Lies about a group that stands because a person said so."""

HARMLESS: dict[str, Told] = {
    "more commitments": Told(
        lambda forger, group: forger.listed.add("ab" * 32),
        "",
        "a commitment that nobody opens says nothing: the number of decoys is not told",
    ),
    "other salts": Told(
        lies.other_salts,
        "",
        "salts hide what is withheld; whoever seals knows that anyhow, and opens the same",
    ),
    "another reason for withholding": Told(
        lies.other_reason,
        "",
        "why something is withheld is the provider's word, in an honest bundle, too",
        withheld=MEMBERS,
    ),
}
"""Lies that are accepted, and why they change no fact."""


def _bundle(given: Whole, told: Told) -> Path:
    """The honest bundle that is forged."""
    out = given.again.parent / f"court {' '.join(told.withheld)}.zip"
    court = read_policy("court")
    policy = replace(court, withhold=(*court.withhold, *told.withheld))
    return out if out.exists() else given.bundle(out, policy)


def _refused(given: Whole, told: Told, folder: Path) -> None:
    good = _bundle(given, told)
    group = named_in(good)
    path = forge(
        good,
        given.key,
        folder / "forged.zip",
        lambda forger: told.told(forger, group),
        (lambda forger: told.after(forger, group)) if told.after else None,
    )
    assert path.read_bytes() != good.read_bytes()
    found = given.climb(path).report
    assert not found.failed("V0") and not found.failed("V1"), found.faults
    rungs = {each.rung for each in found.faults}
    assert any(each.rung == told.rung and told.words in each.what for each in found.faults), found.faults
    assert told.rung != "V4" or rungs == {"V4"}, found.faults
    if told.rung != "V4":
        (folder / "signers").write_text(given.signers)
        assert standalone(path, folder / "signers", "--recompute").returncode == 5


@pytest.mark.parametrize("name", CONTRADICTED)
def test_what_the_units_contradict_is_refused(name: str, whole: Whole, tmp_path: Path) -> None:
    _refused(whole, CONTRADICTED[name], tmp_path)


@pytest.mark.parametrize("name", CONSISTENT)
def test_what_nothing_contradicts_is_refused_where_the_run_is_made_again(
    name: str, whole: Whole, tmp_path: Path
) -> None:
    _refused(whole, CONSISTENT[name], tmp_path)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_group_that_stands_by_a_decision_cannot_hide_it(
    name: str, confirmed: Whole, tmp_path: Path
) -> None:
    _refused(confirmed, BY_HAND[name], tmp_path)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_accepted_changes_no_fact(name: str, whole: Whole, tmp_path: Path) -> None:
    """Opened values, claims and points against are those of the honest bundle."""
    told = HARMLESS[name]
    good = _bundle(whole, told)
    group = named_in(good)
    path = forge(good, whole.key, tmp_path / "a.zip", lambda forger: told.told(forger, group))
    found = whole.climb(path).report
    assert path.read_bytes() != good.read_bytes()
    assert not found.faults and "V4" in found.looked, found.faults
    one, other = (Forger.of(each, whole.key) for each in (good, path))
    assert {p: value for p, (_, value) in one.units.items()} == {
        p: value for p, (_, value) in other.units.items()
    }
    for file_name in ("data/claims.jsonl", "data/counter-evidence.jsonl", "data/report/report.html"):
        if name != "another reason for withholding":
            known = [content.replace(_seal(each), b"") for content, each in _both(file_name, one, other)]
            assert known[0] == known[1]


def _both(name: str, *forgers: Forger) -> list[tuple[bytes, Forger]]:
    return [(forger.files[name], forger) for forger in forgers]


def _seal(forger: Forger) -> bytes:
    return str(forger.view["seal"]).encode()
