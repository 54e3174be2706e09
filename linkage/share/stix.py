"""Operators and what they are known by, as a STIX 2.1 bundle.

A group is a grouping and an intrusion set; a value it is known by, an indicator that indicates the set;
an account, a user account under a pseudonym, related to the set with its membership; what was seen, observed
data; a technique of MITRE ATLAS, an attack pattern that the set uses, with the reason; what speaks against, a
note; what a person decided, an opinion. Nobody is called a threat actor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkage.attribution.exchange_key import PREFIX, ExchangeKey
from linkage.attribution.techniques import CASE_STUDY, LIKENESS, Technique
from linkage.share.stix_objects import Maker, Object, atlas, attack_pattern, bundled, day, moment
from linkage.share.stix_pattern import observable, pattern
from linkage.share.tlp import LEVELS, marking
from linkage.wording import many

MOST_OBSERVED = 999_999_999
"""The largest count that observed data may have."""

UNJUDGED, AGREED = "nobody at the provider has judged it", "a person at the provider confirmed it"
CAUTION = (
    "A group is a reason to look, and names no person; a reseller, a shared tool or a customer whom the logs "
    "do not name can leave the same traces."
)


@dataclass(frozen=True)
class Indicator:
    """A value that an operator is known by; `confidence` in hundredths, times in microseconds since 1970."""

    trait: str
    value: str
    confidence: int
    first_at: int
    seen_at: int
    accounts: int
    times: int


@dataclass(frozen=True)
class Operator:
    """A group as it is shared: its accounts under pseudonyms with their membership in hundredths."""

    name: str
    accounts: Sequence[tuple[str, int]]
    size: int
    interactions: int
    first_at: int
    last_at: int
    confidence: int
    indicators: Sequence[Indicator]
    against: Sequence[str]
    confirmed: bool = False
    techniques: Sequence[Technique] = ()


@dataclass(frozen=True)
class Sharing:
    """Everything a bundle is made of; with a key, values are shared as digests alone."""

    provider: str
    salt: str
    declared: int
    tlp: str
    operators: Sequence[Operator]
    key: ExchangeKey | None = None


def bundle(given: Sharing) -> bytes:
    """The bundle; the same bytes for the same content."""
    plain = Maker(given.salt, given.declared, LEVELS[given.tlp])
    fields = {"name": given.provider, "identity_class": "organization"}
    provider = Maker("provider", given.declared, plain.marking).said("identity", [given.provider], fields)
    maker = Maker(given.salt, given.declared, plain.marking, provider["id"])
    objects = {each["id"]: each for each in (marking(given.tlp), provider)}
    for operator in given.operators:
        # One value or account may belong to two groups, as one object.
        objects |= {each["id"]: each for each in _operator(maker, operator, given.key)}
    return bundled(list(objects.values()))


def _operator(maker: Maker, operator: Operator, key: ExchangeKey | None) -> Iterator[Object]:
    actor = maker.said(
        "intrusion-set",
        [operator.name],
        {
            "name": operator.name,
            "description": _description(operator),
            "first_seen": moment(day(operator.first_at), digits=3),
            "last_seen": moment(day(operator.last_at), digits=3),
            "confidence": operator.confidence,
        },
    )
    objects = [
        actor,
        *_accounts(maker, operator, actor),
        *_opinions(maker, operator, actor),
        *_techniques(maker, operator, actor),
    ]
    for each in operator.indicators:
        objects += _indicator(maker, operator, actor, each, key)
    yield from objects
    yield maker.said(
        "grouping",
        [operator.name],
        {
            "name": f"What is known of {operator.name}",
            "context": "suspicious-activity",
            "object_refs": list(dict.fromkeys(each["id"] for each in objects)),
        },
    )


def _description(operator: Operator) -> str:
    days = " to ".join(moment(each)[:10] for each in (operator.first_at, operator.last_at))
    counted = f"{many(operator.size, 'account')} with {many(operator.interactions, 'interaction')}, {days}"
    return f"{counted}, taken to be run by one operator. {CAUTION}"


def _accounts(maker: Maker, operator: Operator, actor: Object) -> Iterator[Object]:
    """The accounts, and that they were active: what they did is not shared."""
    users = [
        (maker.seen({"type": "user-account", "user_id": name}), share) for name, share in operator.accounts
    ]
    for user, share in users:
        yield user
        yield maker.related(user, "related-to", actor, confidence=share)
    if not users:
        return
    observed = maker.said(
        "observed-data",
        [operator.name, "accounts"],
        {
            "first_observed": moment(day(operator.first_at), digits=3),
            "last_observed": moment(day(operator.last_at), digits=3),
            "number_observed": max(1, min(operator.interactions, MOST_OBSERVED)),
            "object_refs": [user["id"] for user, _ in users],
        },
    )
    yield observed
    yield maker.related(observed, "related-to", actor)


def _opinions(maker: Maker, operator: Operator, actor: Object) -> Iterator[Object]:
    """What a person decided, and what speaks against."""
    why = AGREED if operator.confirmed else UNJUDGED
    opinion = "agree" if operator.confirmed else "neutral"
    about = {"explanation": f"{why[0].upper()}{why[1:]}.", "object_refs": [actor["id"]]}
    yield maker.said("opinion", [operator.name], {"opinion": opinion, **about})
    points = "\n".join(f"- {each}" for each in operator.against)
    said = {
        "abstract": f"What speaks against {operator.name}",
        "content": points or "Nothing was found that speaks against it.",
        "object_refs": [actor["id"]],
    }
    yield maker.said("note", [operator.name, "against"], said)


def _techniques(maker: Maker, operator: Operator, actor: Object) -> Iterator[Object]:
    """The techniques that the group stands for, and why each is named."""
    for each in operator.techniques:
        found = attack_pattern(maker, each)
        yield found
        yield maker.related(
            actor,
            "uses",
            found,
            confidence=each.score,
            description=f"Named because: {each.why}. {LIKENESS}.",
            external_references=[atlas(CASE_STUDY)],
        )


def _indicator(
    maker: Maker, operator: Operator, actor: Object, each: Indicator, key: ExchangeKey | None
) -> list[Object]:
    """An indicator with its relationship; where the value is in the open and STIX has an object, that too."""
    trait, value = each.trait, each.value
    if key is not None:
        # The id, too, is of the digest: an id of the value would give the value away.
        trait, value = f"{PREFIX}{trait}", key.digest(trait, value)
    found = maker.said(
        "indicator",
        [operator.name, trait, value],
        {
            "name": f"{each.trait} that {operator.name} is known by",
            "description": f"Held by {each.accounts:,} of its accounts, and by no other that was seen.",
            "indicator_types": ["attribution"],
            "pattern": pattern(trait, value),
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": moment(each.seen_at),
            "confidence": each.confidence,
        },
    )
    objects = [found, maker.related(found, "indicates", actor, confidence=each.confidence)]
    seen = None if key else observable(trait, value)
    if seen is not None:
        objects += _observed(maker, operator, each, found, maker.seen(seen))
    return objects


def _observed(maker: Maker, operator: Operator, each: Indicator, found: Object, seen: Object) -> list[Object]:
    observed = maker.said(
        "observed-data",
        [operator.name, each.trait, each.value],
        {
            "first_observed": moment(day(each.first_at), digits=3),
            "last_observed": moment(each.seen_at, digits=3),
            "number_observed": max(1, min(each.times, MOST_OBSERVED)),
            "object_refs": [seen["id"]],
        },
    )
    return [seen, observed, maker.related(found, "based-on", observed)]
