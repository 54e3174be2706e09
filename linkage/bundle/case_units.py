"""Every unit of a case: what its seal commits to.

Sealed are the reported and the unresolved groups with their members, what the sources say of those, the
strongest links of each member with their bits and reasons, what speaks against, every claim, and the settings
in force. All other rows of the case are bound by the digests of its tables, which are units, too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from linkage.bundle.checks.outcomes import REPORTED, UNRESOLVED
from linkage.bundle.group_names import Unit, claim_alias, under_alias
from linkage.bundle.group_texts import GroupText, as_units
from linkage.bundle.masking import Mask
from linkage.bundle.units import Secret, day, fixed, moment, plain, slug
from linkage.bundle.unresolved_groups import is_unresolved, points

Row = Mapping[str, Any]

LINKS_PER_ACCOUNT = 10
"""Links sealed of each member: its strongest. A member of a dense group has hundreds, and the units of an
account would be thousands; how many were left out is a unit."""


@dataclass(frozen=True)
class Link:
    """A sealed link."""

    left: str
    right: str
    log_odds: float
    families: Sequence[str]


@dataclass(frozen=True)
class Inputs:
    """The parts of a case that are sealed. `findings` are the reported groups, then the unresolved ones in
    the form of findings. `reasons` come pair by pair in the order of `links`: left, right,
    signal, family, value, bits, detail, left and right observation. `seen` comes account by account, trait by
    trait: account, trait, observation, value, first, last (microseconds), count, file, line. `verdicts` are
    those known by then, `bound` commits to them and says how many bound the run, `decided` says of each group
    what people decided that speaks against it; `renamed` pairs ids of a first run with those that groups have
    here."""

    run: Row
    run_sha256: str
    findings: Sequence[Row]
    members: Mapping[str, Sequence[Row]]
    links: Mapping[str, Sequence[Link]]
    linked: Mapping[str, int]
    reasons: Mapping[str, Iterable[tuple[Any, ...]]]
    seen: Iterable[tuple[Any, ...]]
    texts: Mapping[str, Sequence[GroupText]]
    identifying: Mapping[str, Sequence[str]]
    people: Sequence[str]
    validation: Row = field(default_factory=dict)
    """Error rates measured where the truth is known; sealed, and the same in every view."""
    verdicts: Sequence[Row] = ()
    bound: Row = field(default_factory=dict)
    decided: Mapping[str, Sequence[str]] = field(default_factory=dict)
    renamed: Sequence[Sequence[str]] = ()
    attempts: Sequence[Row] = ()
    """The runs of the case that were begun before it was sealed, and what became of each."""


def units(inputs: Inputs, secret: Secret, claims: Sequence[Row]) -> Iterator[Unit]:
    """All units, each path once, in an order that depends on the case alone; under a seal with groups and
    claims by the names that they have in bundles."""
    every = _units(inputs, secret, claims)
    return under_alias(every, secret.alias, claim_alias(secret)) if secret.seal else every


def _units(inputs: Inputs, secret: Secret, claims: Sequence[Row]) -> Iterator[Unit]:
    for path, value in (*_of_run(inputs), *_settings(inputs.run), *_signals(inputs.run)):
        yield path, value, ""
    yield "validation/rates", plain(inputs.validation), ""
    for who in inputs.people:
        yield f"person/{secret.handle('person', who)}/name", who, ""
    homes: dict[str, str] = {}
    claimed = Counter(str(claim["group"]) for claim in claims)
    for finding in inputs.findings:
        group = str(finding["group"])
        homes |= {str(row["account"]): group for row in inputs.members[group]}
        yield f"group/{group}/units", {**_counts(inputs, finding), "claim": claimed[group]}, group
        for path, value in _group(inputs, finding, secret):
            yield path, value, group
    for claim in claims:
        yield f"claim/{claim['claim']}/claim", claim, str(claim["group"])
    yield from _accounts(inputs, homes, secret)


def _of_run(inputs: Inputs) -> Iterator[tuple[str, Any]]:
    run = inputs.run
    yield "run/sha256", inputs.run_sha256
    yield "run/prior-bits", fixed(run.get("scoring", {}).get("prior_bits", 0.0))
    yield "run/verdicts", plain(inputs.bound)
    yield "run/renamed", plain(inputs.renamed)
    yield "run/attempts", plain(inputs.attempts)
    for name in ("population", "versions", "seed", "settings_digest", "outputs", "caps", "schema_version"):
        if name in run:
            yield f"run/{slug(name)}", plain(run[name])
    yield "run/known", plain(run.get("known") or [])
    for number, given in enumerate(run.get("inputs", ())):
        rest = {name: value for name, value in given.items() if name != "file"}
        yield f"run/input/{number:05d}/file", plain(given.get("file"))
        yield f"run/input/{number:05d}/content", plain(rest)


NAMED_BY_SOURCES, BY_NAME = ("sources", "traits"), "by-name"
"""Sections of settings whose names are those of a source, and the unit that holds such a section."""


def _settings(run: Row) -> Iterator[tuple[str, Any]]:
    for name, value in sorted(run.get("settings", {}).items()):
        if name in NAMED_BY_SOURCES and value:
            # Any text can be a name there, and not every text can stand in a path.
            yield f"setting/{slug(name)}/{BY_NAME}", plain(value)
        elif isinstance(value, Mapping):
            for inner, each in sorted(value.items()):
                yield f"setting/{slug(name)}/{slug(inner)}", plain(each)
        else:
            yield f"setting/run/{slug(name)}", plain(value)


def _signals(run: Row) -> Iterator[tuple[str, Any]]:
    for name, about in sorted(run.get("signals", {}).items()):
        said = about if isinstance(about, Mapping) else {"meaning": about}
        yield f"signal/{slug(name)}/meaning", [name, said.get("family"), said.get("meaning")]


def _counts(inputs: Inputs, finding: Row) -> dict[str, int]:
    """How many of each kind are sealed of a group: whoever opens fewer has to withhold the rest."""
    group = str(finding["group"])
    return {
        "against": len(_against(inputs, finding)),
        "link": len(inputs.links[group]),
        "member": len(inputs.members[group]),
    }


def _against(inputs: Inputs, finding: Row) -> list[str]:
    group = str(finding["group"])
    detail: Row = inputs.run.get("groups", {}).get(group, {})
    return points(finding, detail, inputs.decided.get(group, ()))


def _group(inputs: Inputs, finding: Row, secret: Secret) -> Iterator[tuple[str, Any]]:
    group = str(finding["group"])
    detail: Row = inputs.run.get("groups", {}).get(group, {})
    yield from ((f"group/{group}/{name}", value) for name, value in group_fields(finding, detail))
    yield f"group/{group}/links", [inputs.linked[group], len(inputs.links[group])]
    mask = Mask(inputs.identifying.get(group, ()), {str(row["account"]) for row in inputs.members[group]})
    yield from ((f"group/{group}/{name}", value) for name, value in _open_question(finding, mask))
    against = _against(inputs, finding)
    yield f"group/{group}/decided", [mask.hide(said) for said in inputs.decided.get(group, ())]
    yield f"against/{group}/count", len(against)
    for number, said in enumerate(against):
        yield f"against/{group}/{number:03d}/said", mask.hide(said)
        yield f"against/{group}/{number:03d}/in-full", said
    yield from (
        (f"template/{group}/{name}", plain(value)) for name, value in as_units(inputs.texts.get(group, ()))
    )
    for row in inputs.members[group]:
        member = secret.handle("member", group, str(row["account"]))
        yield f"member/{group}/{member}/standing", [fixed(row["membership"]), row["role"]]
    yield from _links(inputs, group, secret)


def _open_question(finding: Row, mask: Mask) -> Iterator[tuple[str, Any]]:
    """Whether a group is unresolved; of one that is, what competes, and what would settle it: whom to ask may
    name a card or a domain."""
    if not is_unresolved(finding):
        yield "outcome", REPORTED
        return
    yield "outcome", UNRESOLVED
    yield "reason", mask.hide(finding["reason"])
    yield "settles", mask.hide(finding["settles"])
    yield "settles-in-full", finding["settles"]


def group_fields(finding: Row, detail: Row) -> Iterator[tuple[str, Any]]:
    """What is known of a group as a whole, by name."""
    for name in ("accounts", "interactions", "input_tokens", "output_tokens"):
        yield slug(name), plain(finding[name])
    for name in ("log_odds", "q_value", "stability", "distillation"):
        yield slug(name), fixed(finding[name])
    yield "families", list(finding["families"])
    yield "infrastructure", finding["infrastructure"]
    yield "targets", [[row["name"], fixed(row["share"])] for row in finding["targets"] or ()]
    yield "active", [moment(finding["first_at"]), moment(finding["last_at"])]
    yield "active-days", finding.get("days") or [day(finding["first_at"]), day(finding["last_at"])]
    if is_unresolved(finding):
        yield "favours", fixed(finding["favours"])
    yield "summary", finding["summary"]
    for name, key in (("by-day", "by_day"), ("registrations", "registrations_by_day")):
        yield name, [[row["day"], row["count"]] for row in detail.get(key) or ()]
    yield "hours", [[f"{hour:02d}", count] for hour, count in enumerate(detail.get("hours") or ())]
    yield "week", plain(detail.get("week") or [])
    for name, key in (("gates", "gates"), ("marks", "enrichment"), ("examined", "examined")):
        yield name, plain(detail.get(key) or [])
    for name in ("taken", "attribution"):
        yield name, plain(detail.get(name) or {})
    # Whom to ask names cards; what is weighed does not.
    yield "competing", plain({k: v for k, v in (detail.get("competing") or {}).items() if k != "settles"})


def _links(inputs: Inputs, group: str, secret: Secret) -> Iterator[tuple[str, Any]]:
    by_pair = groupby(inputs.reasons[group], key=lambda row: (row[0], row[1]))
    pair, rows = next(by_pair, (None, iter(())))
    for link in inputs.links[group]:
        path = f"link/{group}/{secret.handle('link', link.left, link.right)}"
        reasons = list(rows) if pair == (link.left, link.right) else []
        if reasons:
            pair, rows = next(by_pair, (None, iter(())))
        yield f"{path}/strength", [fixed(link.log_odds), list(link.families)]
        yield f"{path}/weights", [[row[2], row[3], fixed(row[5])] for row in reasons]
        yield f"{path}/reasons", [[row[4], row[6], *_held(row, secret)] for row in reasons]
        yield f"{path}/ends", [secret.handle("account", each) for each in (link.left, link.right)]


def _held(row: tuple[Any, ...], secret: Secret) -> list[str | None]:
    return [None if each is None else secret.handle("observation", each) for each in row[7:9]]


def _accounts(inputs: Inputs, homes: Mapping[str, str], secret: Secret) -> Iterator[Unit]:
    for account, group in sorted(homes.items()):
        handle = secret.handle("account", account)
        member = secret.handle("member", group, account)
        yield f"account/{handle}/name", account, group
        yield f"account/{handle}/member", member, group
    for (account, trait), rows in groupby(inputs.seen, key=lambda row: (row[0], row[1])):
        known = list(rows)
        path = f"{secret.handle('account', account)}/{slug(trait)}"
        exact = [
            [secret.handle("observation", row[2]), row[3], moment(row[4]), moment(row[5]), *row[6:9]]
            for row in known
        ]
        yield f"seen/{path}", exact, homes[account]
        yield (
            f"seen-days/{path}",
            [[row[3], day(row[4]), day(row[5]), row[6]] for row in known],
            homes[account],
        )
