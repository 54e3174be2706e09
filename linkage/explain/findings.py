"""What the examination of a reported group found: the dataclasses behind `groups.<group>.examined`.

A run writes them to `run.json` with `to_json`; whatever shows them reads them back with `from_json`, which is
strict: a missing, unknown or mistyped key is an error. Shares go from 0 to 1; None is: not known.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

from linkage.errors import IntegrityError
from linkage.wording import many

FITS, NOT, UNKNOWN = "fits", "does not fit", "not enough to say"
"""Outcomes of a benign explanation."""

FIRM, NARROW, THIN = "firm", "narrow", "thin"
"""Levels of strength. Firm: many independent reasons. Narrow: as many, but without one family a gate would
not be passed, or a benign explanation fits. Thin: few reasons."""


@dataclass(frozen=True)
class Remains:
    """What is left of a group when evidence is left out: `links` that still stand, `of` those that count;
    `accounts` in the largest part; sizes of the largest `parts` of two and more; accounts in smaller parts or
    `alone`."""

    links: int
    of: int
    accounts: int
    parts: tuple[int, ...]
    alone: int

    @property
    def share(self) -> float:
        """Share of the links that stand."""
        return self.links / max(self.of, 1)

    def falls_apart(self, min_accounts: int) -> bool:
        """Whether two parts of at least `min_accounts` are left, or none that holds half of the accounts."""
        whole = sum(self.parts) + self.alone
        return sum(size >= min_accounts for size in self.parts) > 1 or 2 * self.accounts < whole


@dataclass(frozen=True)
class FamilyAblation:
    """The group without one family of evidence, and the gates that it `failed` then."""

    family: str
    remains: Remains
    failed: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the group would still be reported."""
        return not self.failed


@dataclass(frozen=True)
class Value:
    """A value of a trait, and how many accounts of the population hold it."""

    trait: str
    value: str
    holders: int


@dataclass(frozen=True)
class Source:
    """Values that the same accounts hold, and so one source of evidence: the first `values` and how many
    `more`, `accounts` of the group that hold them, `bits` over all links of the group."""

    family: str
    values: tuple[Value, ...]
    more: int
    accounts: int
    bits: float


@dataclass(frozen=True)
class SourceAblation:
    """The group without some sources of evidence, and whether it `falls_apart` then."""

    sources: tuple[Source, ...]
    remains: Remains
    falls_apart: bool


@dataclass(frozen=True)
class WeakestCut:
    """The division into two sides with fewest links for their size.

    `sizes`, the larger first; `links` across, and `expected` in one evenly linked group; their `ratio`;
    whether the cut is `thin`; the first accounts of the `smaller_side`.
    """

    sizes: tuple[int, int]
    links: int
    expected: float
    ratio: float
    thin: bool
    smaller_side: tuple[str, ...]


@dataclass(frozen=True)
class WeakestMember:
    """The `account` with fewest `links`, beside the median member's; the log-odds of its strongest link in
    bits; its `membership`: the share of resampled runs in which it stays."""

    account: str
    links: int
    median_links: float
    strongest_bits: float | None
    membership: float


@dataclass(frozen=True)
class CounterEvidence:
    """A signal that speaks against `links`, with its `bits` in all and on the link it speaks against most."""

    signal: str
    links: int
    bits: float
    strongest_bits: float


@dataclass(frozen=True)
class HoursCompared:
    """Links for which hours of the day speak (`alike`), and against which they speak (`different`)."""

    alike: int
    different: int


@dataclass(frozen=True)
class MemberDifference:
    """A `difference` that is true of some `accounts` of the `known` members, and of a share of the accounts
    `outside`; the first of them are named as `examples`."""

    difference: str
    accounts: int
    known: int
    outside: float | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class AtypicalMember:
    """A member of whom several such differences are true."""

    account: str
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """How often two members share a value of a trait, and how often two strangers do: shares of pairs.

    `compared` members hold the trait; where they are too few, `inside` is None. `like_strangers`: they agree
    hardly more often than strangers.
    """

    trait: str
    family: str
    inside: float | None
    outside: float | None
    compared: int
    like_strangers: bool


@dataclass(frozen=True)
class BenignExplanation:
    """A benign explanation, its outcome (FITS, NOT or UNKNOWN), and the figure that decides it."""

    explanation: str
    outcome: str
    figure: str


@dataclass(frozen=True)
class Strength:
    """How much the group rests on (FIRM, NARROW or THIN), and why it is not firm."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Examination:
    """All that was found of one reported group.

    `links` are all inside the group; `links_examined` are fewer where a sample was taken. `whole` is the
    group as it is. `sources` are the sources whose loss does most, each left out alone. `smallest_set` are
    the fewest found whose loss takes the group apart, or, where `falls_apart` is false, the most damaging
    ones that it survives; None without any source. `weakest_cut` is None where there are no two sides.
    """

    accounts: int
    core: int
    fringe: int
    stability: float
    links: int
    links_examined: int
    whole: Remains
    without_family: tuple[FamilyAblation, ...]
    sources: tuple[SourceAblation, ...]
    smallest_set: SourceAblation | None
    weakest_cut: WeakestCut | None
    weakest_member: WeakestMember
    counter_evidence: tuple[CounterEvidence, ...]
    hours: HoursCompared
    outliers: tuple[MemberDifference, ...]
    least_typical: tuple[AtypicalMember, ...]
    agreement: tuple[Agreement, ...]
    benign_explanations: tuple[BenignExplanation, ...]
    strength: Strength

    def to_json(self) -> dict[str, Any]:
        """As JSON writes it: objects, lists, numbers and texts."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """The examination that `to_json` wrote; fractions may be texts, as a sealed bundle holds them.

        Raises IntegrityError, which names the key, for anything else.
        """
        found = _read(cls, given, "examined")
        assert isinstance(found, cls)
        return found


def examination(detail: Mapping[str, Any]) -> Examination | None:
    """What the receipt of a group says of its examination; None where it was not examined."""
    given = detail.get("examined")
    return Examination.from_json(given) if given else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


# --- reading -------------------------------------------------------------------------------------


def _read(kind: Any, given: Any, where: str) -> Any:
    """A value of the declared kind."""
    if isinstance(kind, UnionType):
        (inner,) = [each for each in get_args(kind) if each is not NoneType]
        return None if given is None else _read(inner, given, where)
    if get_origin(kind) is tuple:
        return _read_list(get_args(kind), given, where)
    if is_dataclass(kind):
        return _read_object(kind, given, where)
    if kind is float:
        return _read_fraction(given, where)
    if isinstance(given, kind) and (kind is bool or not isinstance(given, bool)):
        return given
    raise _unreadable(where, f"{kind.__name__} expected")


def _read_list(kinds: tuple[Any, ...], given: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(given, list):
        raise _unreadable(where, "a list expected")
    each = kinds[:1] * len(given) if kinds[-1] is Ellipsis else kinds
    if len(each) != len(given):
        raise _unreadable(where, f"{many(len(each), 'value')} expected")
    return tuple(_read(kind, value, where) for kind, value in zip(each, given, strict=True))


def _read_object(kind: Any, given: Any, where: str) -> Any:
    names = [each.name for each in fields(kind)]
    if not isinstance(given, Mapping) or set(given) != set(names):
        raise _unreadable(where, f"an object with the keys {', '.join(names)} expected")
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], given[name], f"{where}.{name}") for name in names})


def _read_fraction(given: Any, where: str) -> float:
    try:
        number = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _unreadable(where, "a number expected")
    return number


def _unreadable(where: str, why: str) -> IntegrityError:
    return IntegrityError(
        f"run.json: {where}: {why}", hint="run linkage investigate again: another version made this case"
    )
