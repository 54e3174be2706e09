"""What people decided, carried through a run: groups that stand, and what has changed about them since.

Composition only: `inference.standing` and `inference.group` obey, `case` keeps ids; here accounts get their
numbers, and every verdict is held against what became of it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import numpy as np

from linkage.arrays import Ints
from linkage.groups import communities as group
from linkage.groups import standing
from linkage.groups.assessment import Judged
from linkage.links.constraints import Constraints

Row = dict[str, Any]
Groups = Mapping[str, AbstractSet[str]]

NAMED = 20
"""Accounts named in a sentence or list; the rest are counted."""


def obeyed(
    labels: Ints, forced: dict[tuple[int, int], str], given: Constraints, names: Sequence[str]
) -> Ints:
    """The partition with verdicts on groups obeyed, and after them those on pairs (`forced`, by number)."""
    if not forced and not given.confirmed:
        return labels
    number = {name: i for i, name in enumerate(names)}
    kept = standing.keep(labels, _numbers(given.confirmed, number), _numbers(given.dismissed, number), forced)
    return group.obey(kept, forced)


def _numbers(groups: Groups, number: Mapping[str, int]) -> list[Ints]:
    """The accounts of each group that are in the data, groups in the order of their ids."""
    found = [sorted(number[a] for a in groups[name] if a in number) for name in sorted(groups)]
    return [np.array(each, dtype=np.int64) for each in found if each]


def stand(judged: Sequence[Judged], given: Constraints, names: Sequence[str]) -> list[Judged]:
    """The communities with what people decided about groups.

    A confirmed group is reported whatever its gates say, but alone: newcomers to a community that fails its
    gates are no part of it. A community most of whose accounts were dismissed together stays dismissed.
    """
    if not given.confirmed and not given.dismissed:
        return list(judged)
    return [part for each in judged for part in _standing(each, given, names)]


def _standing(judged: Judged, given: Constraints, names: Sequence[str]) -> list[Judged]:
    members = {names[i]: int(i) for i in judged.members}
    sure = _with_linked(_confirmed(members.keys(), given), members.keys(), given)
    if sure and not judged.reported:
        inside = np.isin(judged.members, [members[name] for name in sure])
        alone = replace(judged, members=judged.members[inside], confirmed=True)
        rest = replace(judged, members=judged.members[~inside])
        return [alone, *([rest] if len(rest.members) > 1 else [])]
    if not sure and any(_most(members.keys(), them) for them in given.dismissed.values()):
        return [replace(judged, dismissed=True, reason="dismissed by a person")]
    return [judged]


def _confirmed(members: AbstractSet[str], given: Constraints) -> set[str]:
    """Accounts of the confirmed groups that are here with more than one of theirs."""
    here = [members & them for them in given.confirmed.values()]
    return set().union(*(each for each in here if len(each) > 1))


def _with_linked(sure: set[str], members: AbstractSet[str], given: Constraints) -> set[str]:
    """The same, with members that a person linked to one of them."""
    while sure and (more := {x for p in given.linked if sure & {*p} for x in p if x in members} - sure):
        sure |= more
    return sure


def _most(members: AbstractSet[str], them: AbstractSet[str]) -> bool:
    return 2 * len(members & them) > len(members)


# --- what has changed ----------------------------------------------------------------------------


def remembered(given: Constraints) -> dict[str, AbstractSet[str]]:
    """The groups that verdicts speak of, with their accounts then: ids that a later run must not lose."""
    return {**given.dismissed, **given.confirmed}


def changes(given: Constraints, named: Sequence[tuple[str, Judged]], names: Sequence[str]) -> list[Row]:
    """What became of every verdict: `holds`, and in `said` exactly what has changed (empty: nothing)."""
    now = Now({name: {names[i] for i in each.members} for name, each in named}, dict(named), set(names))
    groups = [
        now.of_group(name, verdict, set(then))
        for verdict, verdicts in (("confirmed", given.confirmed), ("dismissed", given.dismissed))
        for name, then in sorted(verdicts.items())
    ]
    pairs = [
        now.of_pair(pair, verdict)
        for verdict, verdicts in (("linked", given.linked), ("not linked", given.not_linked))
        for pair in sorted(verdicts)
    ]
    return groups + pairs


class Now:
    """The groups of this run, against which verdicts are held."""

    def __init__(self, groups: Groups, judged: Mapping[str, Judged], everyone: AbstractSet[str]) -> None:
        self.groups, self.judged, self.everyone = groups, judged, everyone
        self.home = {account: name for name, members in groups.items() for account in members}

    def of_group(self, group: str, verdict: str, then: AbstractSet[str]) -> Row:
        """What became of a confirmed or dismissed group, and of the accounts it had `then`."""
        missing = sorted(then - self.everyone)
        alone = sorted(account for account in then & self.everyone if account not in self.home)
        counts = Counter(self.home[account] for account in then if account in self.home)
        own = self.groups.get(group, set())
        said = [
            *([f"{len(missing):,} of its {len(then):,} accounts are not in the sources"] if missing else []),
            *([f"{len(alone):,} are in no group now"] if alone else []),
            *(self._elsewhere(name, n) for name, n in sorted(counts.items()) if name != group),
            *([f"{len(own - then):,} accounts have come since"] if own - then else []),
            *self._gates(group, verdict),
        ]
        return {
            "verdict": verdict,
            "group": group,
            "accounts": len(then),
            "now": [{"group": name, "accounts": n} for name, n in sorted(counts.items())],
            "missing": missing[:NAMED],
            "alone": alone[:NAMED],
            "come": sorted(own - then)[:NAMED],
            "holds": self._holds(counts, verdict),
            "said": said,
        }

    def _elsewhere(self, group: str, accounts: int) -> str:
        kind = "reported" if self.judged[group].reported else "not reported"
        return f"{accounts:,} are in {group} now, with {len(self.groups[group]) - accounts:,} others ({kind})"

    def _gates(self, group: str, verdict: str) -> list[str]:
        """Gates that a confirmed group does not pass on this data: it is reported by the verdict alone."""
        judged = self.judged.get(group)
        if judged is None or verdict != "confirmed":
            return []
        failed = [gate.name for gate in judged.gates if not gate.passed]
        return [f"on this data alone it would not be reported: {', '.join(failed)}"] if failed else []

    def _holds(self, counts: Counter[str], verdict: str) -> bool:
        """A confirmed group is in one reported group, a dismissed one in none of which it is most."""
        if verdict == "confirmed":
            return len(counts) <= 1 and all(self.judged[name].reported for name in counts)
        return not any(self.judged[g].reported and 2 * n > len(self.groups[g]) for g, n in counts.items())

    def of_pair(self, pair: tuple[str, str], verdict: str) -> Row:
        """Whether two accounts are together, or apart, as a person decided."""
        missing = [account for account in pair if account not in self.everyone]
        homes = [self.home.get(account) for account in pair]
        together = homes[0] is not None and homes[0] == homes[1]
        holds = bool(missing) or together is (verdict == "linked")
        said = [f"{account} is not in the sources" for account in missing]
        said += (
            []
            if holds
            else ["other verdicts say the opposite through third accounts; judge one of them again"]
        )
        return {"verdict": verdict, "left": pair[0], "right": pair[1], "holds": holds, "said": said}
