"""V2: the reasons of a link are as many as its bits, each once, by signals that there are, and rest on
observations that were opened, each of the account it is said of; what an account did is the same by moment
and by day.

Only numbers are kept of what is said, so that links in millions stay in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linkage.bundle.checks.faults import MOST_FAULTS, Report
from linkage.bundle.checks.strict_json import NotStrict

LINK = ("ends", "reasons", "strength", "weights")
DAY = len("2026-03-01")


@dataclass
class Reasons:
    """What links rest on, and what was seen of accounts, as it is read; in any order."""

    hides: Callable[[str], bool]
    """Whether units of a class are withheld: of links only what is not is looked at."""

    seen_of: set[str] = field(default_factory=set)
    """Accounts of which anything that was seen is opened."""

    faults: list[tuple[str, str, object, object]] = field(default_factory=list)
    """What is wrong, where, what was expected and what was found."""

    _signals: set[tuple[str, str]] = field(default_factory=set)
    _open: dict[str, dict[str, Any]] = field(default_factory=dict)
    _needed: set[int] = field(default_factory=set)
    _there: set[int] = field(default_factory=set)
    _days: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wanted = frozenset(name for name in LINK if not self.hides(f"link.{name}"))

    def link(self, path: str, value: Any) -> None:
        """Take in one unit of a link; its units are held until all that are not withheld are there."""
        start, _, name = path.rpartition("/")
        if name not in self._wanted:
            return
        own = self._open.setdefault(start, {})
        own[name] = value
        if len(own) == len(self._wanted):
            self._whole(start, self._open.pop(start))

    def _whole(self, path: str, own: dict[str, Any]) -> None:
        pairs = [(signal, family) for signal, family, _ in own.get("weights", ())]
        self._signals.update(pairs)
        families = {family for _, family in pairs}
        if {"weights", "strength"} <= own.keys() and not families.issuperset(own["strength"][1]):
            what = "a link of a family in which it has no bits"
            self._fault(what, f"{path}/strength", sorted(families), own["strength"][1])
        if not {"weights", "reasons"} <= own.keys():
            return
        if len(own["reasons"]) != len(pairs):
            what = "a link of which not every reason has its bits"
            self._fault(what, f"{path}/reasons", len(pairs), len(own["reasons"]))
            return
        told = [(pairs[place][0], row[0]) for place, row in enumerate(own["reasons"])]
        if len(set(told)) < len(told):
            self._fault("one reason of a link counted twice", f"{path}/reasons", len(set(told)), len(told))
        for place, account in enumerate(own.get("ends", ()), 2):
            held = [row[place] for row in own["reasons"]]
            self._needed.update(hash(account + each) for each in held if each is not None)

    def seen(self, names: list[str], value: Any, *, whole: bool) -> None:
        """Take in what was seen of an account: a list, or a part of one."""
        kind, account, *_ = names
        self.seen_of.add(account)
        days = value
        if kind == "seen":
            days = [[said, _day(first), _day(last), count] for _, said, first, last, count, *_ in value]
            self._there.update(hash(account + row[0]) for row in value)
            if any(type(row[4]) is not int or row[4] < 1 or (row[2] or "") > (row[3] or "") for row in value):
                raise NotStrict("seen less than once, or last before first")
        known = hash(repr(days))
        if whole and self._days.setdefault(hash(f"{account}/{names[-1]}"), known) != known:
            self._fault("seen on other days than at the moments told", "/".join(names), days[:1], value[:1])

    def _fault(self, what: str, path: str, expected: object, found: object) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((what, path, expected, found))

    def tell(self, signals: set[tuple[str, str]], report: Report, *, hides_seen: bool) -> None:
        """Every fault; `signals` are those with a meaning in the bundle, none where that is withheld."""
        for what, path, expected, found in self.faults:
            report.fault("V2", what, path, expected=expected, found=found)
        for signal, family in sorted(self._signals - signals) if signals else ():
            what = "a link that rests on a signal that there is not"
            report.fault(
                "V2", what, "signal", expected="a signal and its family", found=f"{signal}, {family}"
            )
        if not hides_seen and (missing := self._needed - self._there):
            what = "reasons that rest on observations of nobody, or of somebody else"
            report.fault("V2", what, "link", expected=0, found=len(missing))


def _day(moment: str | None) -> str | None:
    return moment and moment[:DAY]
