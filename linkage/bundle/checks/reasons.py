"""V2: the reasons of a link are as many as its bits, each once, by signals that there are, and rest on
observations that were opened, each of the account it is said of and of the value that is named; what the
sentence of a reason states is what the other units give; what an account did is the same by moment and by
day.

Only numbers are kept of what is said, so that links in millions stay in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linkage.bundle.checks.faults import MOST_FAULTS, Report
from linkage.bundle.checks.reason_forms import NO_VALUE, OBSERVED, TRAITS, stated
from linkage.bundle.checks.strict_json import NotStrict

LINK = ("ends", "reasons", "strength", "weights")
DAY = len("2026-03-01")
ROUNDED_BITS = 0.0500011
"""By how much a number of bits with one decimal can be off."""


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
    _held: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of each signal and value how many accounts hold it, as the sentences say."""

    _named: set[int] = field(default_factory=set)
    _holders: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of each trait and value that a reason names how many accounts are opened that hold it."""

    _signal_at: dict[int, str] = field(default_factory=dict)
    _trait_of: dict[str, str] = field(default_factory=dict)
    _of: set[int] = field(default_factory=set)
    """Of how many accounts the sentences say that they were compared."""

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
        self._states(path, own["weights"], own["reasons"])
        for place, account in enumerate(own.get("ends", ()), 2):
            for number, row in enumerate(own["reasons"]):
                if row[place] is not None:
                    self._rests(pairs[number][0], account + row[place], row[0])

    def _rests(self, signal: str, observation: str, value: str) -> None:
        """A reason rests on an observation of its value; where no values are compared, on any."""
        key = hash(observation + ("" if signal in NO_VALUE else value))
        self._needed.add(key)
        if signal not in self._trait_of and signal not in NO_VALUE:
            self._trait_of[signal] = ""
            self._signal_at[key] = signal

    def _states(self, path: str, weights: list[Any], reasons: list[Any]) -> None:
        """Whether the sentences of a link state what its bits and the other sentences do."""
        for number, (value, said, *_) in enumerate(reasons):
            signal, family, bits = weights[number]
            found = stated(signal, said)
            if found is None or NO_VALUE.get(signal, value) != value:
                self._fault("a reason in other words than a run gives", f"{path}/reasons", signal, said)
                continue
            if found.bits is not None and abs(float(found.bits) - float(bits)) > ROUNDED_BITS:
                self._fault("a reason that counts as other bits than it has", f"{path}/reasons", bits, said)
            if found.family not in (None, family):
                self._fault("a reason that overlaps another family", f"{path}/reasons", family, said)
            # What is read after the observations cannot be counted among them.
            if found.held is not None and found.accounts is not None and not self.seen_of:
                self._of.add(found.accounts)
                self._named.add(known := hash(value))
                if self._held.setdefault((signal, known), found.held) != found.held:
                    what = "a value that several numbers of accounts hold"
                    self._fault(what, f"{path}/reasons", self._held[signal, known], said)

    def seen(self, names: list[str], value: Any, *, whole: bool) -> None:
        """Take in what was seen of an account: a list, or a part of one."""
        kind, account, *_ = names
        self.seen_of.add(account)
        days = value
        if kind == "seen":
            days = [[said, _day(first), _day(last), count] for _, said, first, last, count, *_ in value]
            for handle, held, *_ in value:
                self._there.add(key := hash(account + handle + held))
                if key in self._signal_at:
                    self._trait_of[self._signal_at[key]] = names[-1]
                if (known := hash(held)) in self._named:
                    self._holders[names[-1], known] = self._holders.get((names[-1], known), 0) + 1
            if names[-1] in OBSERVED:
                self._there.update(hash(account + row[0]) for row in value)
            if any(type(row[4]) is not int or row[4] < 1 or (row[2] or "") > (row[3] or "") for row in value):
                raise NotStrict("seen less than once, or last before first")
        known = hash(repr(days))
        if whole and self._days.setdefault(hash(f"{account}/{names[-1]}"), known) != known:
            self._fault("seen on other days than at the moments told", "/".join(names), days[:1], value[:1])

    def _fault(self, what: str, path: str, expected: object, found: object) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((what, path, expected, found))

    def tell(
        self, signals: set[tuple[str, str]], report: Report, *, accounts: object, hides_seen: bool
    ) -> None:
        """Every fault; `signals` are those with a meaning in the bundle, none where that is withheld;
        `accounts` is how many were compared, None where that is."""
        for what, path, expected, found in self.faults:
            report.fault("V2", what, path, expected=expected, found=found)
        for signal, family in sorted(self._signals - signals) if signals else ():
            what = "a link that rests on a signal that there is not"
            report.fault(
                "V2", what, "signal", expected="a signal and its family", found=f"{signal}, {family}"
            )
        if accounts is not None and self._of - {accounts}:
            what = "reasons that were compared among another number of accounts"
            report.fault("V2", what, "run/population", expected=accounts, found=sorted(self._of))
        if not hides_seen:
            self._rarer(report)
        if not hides_seen and (missing := self._needed - self._there):
            what = "reasons that rest on observations of nobody, or of somebody else"
            report.fault("V2", what, "link", expected=0, found=len(missing))

    def holders(self, trait: str, value: str) -> int:
        """How many accounts are opened that hold a value which a reason names; 0 where none names it."""
        return self._holders.get((trait, hash(value)), 0)

    def _rarer(self, report: Report) -> None:
        """No value is held by fewer accounts than are opened that hold it; each is of its signal's trait."""
        for (signal, value), held in self._held.items():
            trait = TRAITS.get(signal, self._trait_of.get(signal, ""))
            found = self._holders.get((trait, value), 0)
            if held < max(found, 2):
                what = "a value that more accounts hold than its reasons say"
                report.fault("V2", what, f"link, by {signal}", expected=max(found, 2), found=held)
            if not found and signal in TRAITS and self._holders:
                what = "a reason by a signal that is of other values"
                report.fault("V2", what, f"link, by {signal}", expected=trait, found="another trait")


def _day(moment: str | None) -> str | None:
    return moment and moment[:DAY]
