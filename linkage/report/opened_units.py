"""Opened units, sorted by what a report says of them. Nothing that is not opened can come in here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from linkage.report.counting import Counted
from linkage.report.sent_text import Sent, sent

Row = Mapping[str, Any]
Unit = tuple[str, Any]
Source = Callable[[str], Iterable[Unit]]
"""The units whose paths begin so, as often as they are asked for: in the order of their paths, or in that of
the case. In both, those with all but the last name in common stand together, and accounts come before what is
seen of them."""

INDICATORS = (
    "ip", "prefix", "asn", "user-agent", "ja4", "device", "client", "api-key", "fingerprint", "bin", "issuer",
    "funding", "billing-hash", "payment-country", "issuing-burst", "email-domain", "email-hash", "phone-hash",
    "country", "referrer", "organisation", "plan", "address-pattern", "registration-burst", "model",
)  # fmt: skip
"""Traits whose values are listed by how many accounts hold them."""

_LISTED = frozenset(INDICATORS)

MILLION = 1_000_000


@dataclass(frozen=True)
class Link:
    """A sealed link as far as it is opened: bits in millionths, its weights (signal, family, bits), its
    reasons (value, detail), its two accounts."""

    name: str
    strength: int | None
    families: tuple[str, ...]
    weights: tuple[tuple[str, str, int], ...]
    reasons: tuple[tuple[str, str], ...]
    ends: tuple[str, str] | None


@dataclass
class Held:
    """What one value of one signal does among the sealed links of a group."""

    links: int = 0
    total: int = 0
    most: int = 0
    detail: str = ""
    accounts: set[str] = field(default_factory=set)


@dataclass
class Gathered:
    """What is opened of one group."""

    fields: dict[str, Any] = field(default_factory=dict)
    claims: list[Row] = field(default_factory=list)
    against: dict[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: list[tuple[int, str, tuple[str, str] | None]] = field(default_factory=list)
    weighed: int = 0
    family_bits: dict[str, list[int]] = field(default_factory=dict)
    reasons: Counted = field(default_factory=Counted)
    values: dict[str, dict[str, Counted]] = field(default_factory=dict)
    held: dict[tuple[str, str, str], Held] = field(default_factory=dict)
    typical: Link | None = None


@dataclass
class Whole:
    """What is opened of the case: its groups, its run, and the names of its accounts."""

    groups: dict[str, Gathered] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    signals: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    member_of: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    def home(self, account: str) -> str:
        """The group of an account; empty where that is not opened."""
        found = self.homes.get(self.member_of.get(account, ""), "")
        return found or (next(iter(self.groups)) if len(self.groups) == 1 else "")

    def called(self, account: str) -> str:
        """The name of an account, or what stands for it."""
        return self.names.get(account, f"account {account[:8]}")


def gather(source: Source, shown: int) -> Whole:
    """Go through the units, and once more for what is shown: the middle link of each group, and of each
    family the `shown` values that say most."""
    whole = Whole()
    for place, units in _together(source("")):
        take = _TAKERS.get(place.partition("/")[0])
        if take is not None:
            take(whole, place, units)
    for group in whole.groups.values():
        group.held = {key: Held() for key in _chosen(group, shown)}
    _again(whole, source)
    return whole


def links(source: Source) -> Iterable[tuple[str, Link]]:
    """Every sealed link with its group, one after another."""
    for place, units in _together(source("link/")):
        _, group, name = place.split("/")
        yield group, _link(name, units)


def _together(units: Iterable[Unit]) -> Iterable[tuple[str, dict[str, Any]]]:
    before, own = "", dict[str, Any]()
    for path, value in units:
        place, _, name = path.rpartition("/")
        if place != before:
            if own:
                yield before, own
            before, own = place, {}
        own[name] = value
    if own:
        yield before, own


def _group(whole: Whole, name: str) -> Gathered:
    return whole.groups.setdefault(name, Gathered())


def _take_group(whole: Whole, place: str, units: dict[str, Any]) -> None:
    _group(whole, place.split("/")[1]).fields.update(units)


def _take_claim(whole: Whole, place: str, units: dict[str, Any]) -> None:
    claim = units["claim"]
    _group(whole, str(claim["group"])).claims.append(claim)


def _take_against(whole: Whole, place: str, units: dict[str, Any]) -> None:
    """Every point once, in full where that is opened."""
    _, group, *number = place.split("/")
    said = units.get("in-full", units.get("said"))
    if number and said is not None:
        _group(whole, group).against[number[0]] = str(said)


def _take_template(whole: Whole, place: str, units: dict[str, Any]) -> None:
    _group(whole, place.split("/")[1]).sent.append(sent(units))


def _take_member(whole: Whole, place: str, units: dict[str, Any]) -> None:
    _, group, member = place.split("/")
    whole.homes[member] = group
    if "standing" in units:
        _group(whole, group).members[member] = (str(units["standing"][0]), str(units["standing"][1]))


def _take_account(whole: Whole, place: str, units: dict[str, Any]) -> None:
    account = place.split("/")[1]
    if "name" in units:
        whole.names[account] = str(units["name"])
    if "member" in units:
        whole.member_of[account] = str(units["member"])


def _take_link(whole: Whole, place: str, units: dict[str, Any]) -> None:
    _, name, link = place.split("/")
    group, found = _group(whole, name), _link(link, units)
    if found.strength is not None:
        group.links.append((found.strength, link, found.ends))
    if "weights" not in units:
        return
    group.weighed += 1
    spoken: dict[str, int] = {}
    for _, family, bits in found.weights:
        spoken[family] = spoken.get(family, 0) + bits
    for family, bits in spoken.items():
        own = group.family_bits.setdefault(family, [0, 0])
        own[0], own[1] = own[0] + 1, own[1] + bits
    for (signal, family, bits), (value, _) in zip(found.weights, found.reasons, strict=False):
        if bits > 0:
            group.reasons.add((family, signal, value), bits)


def _take_seen(whole: Whole, place: str, units: dict[str, Any]) -> None:
    """Both kinds of units have the values; where both are opened they are counted apart."""
    kind, account = place.split("/")
    group = whole.groups.get(whole.home(account))
    if group is None:
        return
    at = 1 if kind == "seen" else 0
    for trait in units.keys() & _LISTED:
        counted = group.values.setdefault(trait, {}).setdefault(kind, Counted())
        counted.add_each({str(row[at]) for row in units[trait]})


def _take_run(whole: Whole, place: str, units: dict[str, Any]) -> None:
    whole.run.update({f"{place}/{name}": value for name, value in units.items()})


def _take_setting(whole: Whole, place: str, units: dict[str, Any]) -> None:
    whole.settings.update({f"{place}/{name}".removeprefix("setting/"): each for name, each in units.items()})


def _take_signal(whole: Whole, place: str, units: dict[str, Any]) -> None:
    name, family, meaning = units["meaning"]
    whole.signals[str(name)] = (family, meaning)


_TAKERS: dict[str, Callable[[Whole, str, dict[str, Any]], None]] = {
    "group": _take_group,
    "claim": _take_claim,
    "against": _take_against,
    "template": _take_template,
    "member": _take_member,
    "account": _take_account,
    "link": _take_link,
    "seen": _take_seen,
    "seen-days": _take_seen,
    "run": _take_run,
    "setting": _take_setting,
    "signal": _take_signal,
}


def _link(name: str, units: Mapping[str, Any]) -> Link:
    strength = units.get("strength")
    ends = units.get("ends")
    return Link(
        name,
        None if strength is None else micro(strength[0]),
        tuple(strength[1]) if strength else (),
        tuple([(row[0], row[1], micro(row[2])) for row in units.get("weights", ())]),
        tuple([(str(row[0] or ""), str(row[1] or "")) for row in units.get("reasons", ())]),
        None if ends is None else (str(ends[0]), str(ends[1])),
    )


def micro(text: str) -> int:
    """Millionths of a number written with six decimals."""
    return int(text.replace(".", ""))


def _chosen(group: Gathered, shown: int) -> Iterable[tuple[str, str, str]]:
    """Of each family the values that say most over all links."""
    ranked: dict[str, list[tuple[int, tuple[str, str, str]]]] = {}
    for key, bits in group.reasons.counts.items():
        ranked.setdefault(key[0], []).append((-bits, key))
    best = sorted(nsmallest(shown, own) for own in ranked.values())
    return [key for own in best for _, key in own]


def _again(whole: Whole, source: Source) -> None:
    """What is shown of links, counted exactly."""
    middle = {
        name: sorted(group.links)[(len(group.links) - 1) // 2][1]
        for name, group in whole.groups.items()
        if group.links
    }
    for place, units in _together(source("link/")):
        _, group_name, name = place.split("/")
        group = whole.groups[group_name]
        if middle.get(group_name) == name:
            group.typical = _link(name, units)
        for (signal, family, bits), (value, detail, *_) in zip(
            units.get("weights", ()), units.get("reasons", ()), strict=False
        ):
            # Of millions of reasons a few dozen are shown: only these are read.
            held = group.held.get((family, signal, str(value or "")))
            if held is not None and (weight := micro(bits)) > 0:
                _hold(held, units.get("ends") or (), weight, str(detail or ""))


def _hold(held: Held, ends: Iterable[str], bits: int, detail: str) -> None:
    held.links += 1
    held.total += bits
    held.accounts.update(map(str, ends))
    if bits > held.most:
        held.most, held.detail = bits, detail
