"""What has become of every verdict since: whether it holds, and exactly what has changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from linkage.groups.assessment import Assessment
from linkage.links.constraints import Constraints
from linkage.wording import many, noun

Row = dict[str, Any]
Groups = Mapping[str, AbstractSet[str]]


def groups_with_verdicts(given: Constraints) -> dict[str, AbstractSet[str]]:
    """The groups that verdicts speak of, with their accounts then: ids that a later run must not lose."""
    return {**given.dismissed, **given.confirmed}


def verdict_changes(
    given: Constraints, named: Sequence[tuple[str, Assessment]], names: Sequence[str], *, listed: int
) -> list[Row]:
    """What became of every verdict: `holds`, and in `said` exactly what has changed (empty: nothing).

    Lists of accounts name up to `listed` of them.
    """
    members = {name: {names[i] for i in each.members} for name, each in named}
    now = _Groups(members, dict(named), set(names), listed)
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


class _Groups:
    """The groups of this run, against which verdicts are held."""

    def __init__(
        self,
        groups: Groups,
        assessments: Mapping[str, Assessment],
        everyone: AbstractSet[str],
        listed: int,
    ) -> None:
        self.groups, self.assessments, self.everyone = groups, assessments, everyone
        self.listed = listed
        self.home = {account: name for name, members in groups.items() for account in members}

    def of_group(self, group: str, verdict: str, then: AbstractSet[str]) -> Row:
        """What became of a confirmed or dismissed group, and of the accounts it had `then`."""
        missing = sorted(then - self.everyone)
        alone = sorted(account for account in then & self.everyone if account not in self.home)
        counts = Counter(self.home[account] for account in then if account in self.home)
        own, are = self.groups.get(group, set()), noun(len(missing), "is", "are")
        said = [
            *(
                [f"{len(missing):,} of its {many(len(then), 'account')} {are} not in the sources"]
                if missing
                else []
            ),
            *([f"{len(alone):,} {noun(len(alone), 'is', 'are')} in no group now"] if alone else []),
            *(self._elsewhere(name, n) for name, n in sorted(counts.items()) if name != group),
            *([f"{many(len(own - then), 'account has', 'accounts have')} come since"] if own - then else []),
            *self._gates(group, verdict),
        ]
        return {
            "verdict": verdict,
            "group": group,
            "accounts": len(then),
            "now": [{"group": name, "accounts": n} for name, n in sorted(counts.items())],
            "missing": missing[: self.listed],
            "alone": alone[: self.listed],
            "come": sorted(own - then)[: self.listed],
            "holds": self._holds(counts, verdict),
            "said": said,
        }

    def _elsewhere(self, group: str, accounts: int) -> str:
        kind = {"groups": "reported", "unresolved": "unresolved"}.get(
            self.assessments[group].table, "not reported"
        )
        others = many(len(self.groups[group]) - accounts, "other")
        return f"{accounts:,} {noun(accounts, 'is', 'are')} in {group} now, with {others} ({kind})"

    def _gates(self, group: str, verdict: str) -> list[str]:
        """Gates that a confirmed group does not pass on this data: it is reported by the verdict alone."""
        assessment = self.assessments.get(group)
        if assessment is None or verdict != "confirmed":
            return []
        failed = [gate.name for gate in assessment.gates if not gate.passed]
        return [f"on this data alone it would not be reported: {', '.join(failed)}"] if failed else []

    def _holds(self, counts: Counter[str], verdict: str) -> bool:
        """A confirmed group is in one reported group, a dismissed one in none of which it is most."""
        if verdict == "confirmed":
            return len(counts) <= 1 and all(self.assessments[name].reported for name in counts)
        return not any(
            self.assessments[g].reported and 2 * n > len(self.groups[g]) for g, n in counts.items()
        )

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
