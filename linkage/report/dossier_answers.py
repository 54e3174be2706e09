"""What the logs answer to each question of a dossier, sentence by sentence; nothing where they cannot say."""

from collections.abc import Iterable, Sequence

from linkage.attribution.techniques import LIKENESS, Technique, techniques
from linkage.explain.findings import FITS
from linkage.report import case_overview
from linkage.report.formatting import bits, clean, count, cut, many, sentence, share, spelled
from linkage.report.group_view import Subject

NOT_HERE = "Not in these logs"

VALUES, HABITS, TEXTS, POINTS = 2, 3, 2, 4
"""Values of a trait, habits, texts and points against that are named: a dossier of a group is one page."""

PLURALS = {"country": "countries"}

LONG, LINE = 60, 240
"""Characters of a value or a quotation, and of a sentence taken from elsewhere."""

MOSTLY = 0.75
"""The chance that an account of the group shows more of a habit than another, from which it stands out."""

PROVIDER = {
    "reseller": "Perhaps a reseller: many accounts outside the group share what links these accounts, and not"
    " their work. No name is in these logs.",
    "operator": f"{NOT_HERE} by name. The accounts seem to be the operator's own.",
    "unknown": f"{NOT_HERE} by name. Nor do they show whether the operator opened the accounts or bought"
    " them.",
}
"""Who made the accounts, by what a finding says of its infrastructure."""

WORK = {"dealt": "dealt out among them as from one queue", "in part": "dealt out in part"}
"""How work is divided, by the state of that feature; any other state says that it is not."""

PROVIDED = {
    "fingerprint": "cards",
    "bin": "card ranges (BIN)",
    "client": "client programs",
    "device": "devices",
    "email-domain": "e-mail domains",
    "registration-burst": "bursts of registrations",
    "issuing-burst": "bursts of new cards",
}
"""Traits that whoever made the accounts chose, in the order in which they are told."""


# --- infrastructure and workload -----------------------------------------------------------------


def provider(subject: Subject) -> Iterable[str]:
    """Who made the accounts: what they have in common."""
    yield PROVIDER.get(str(subject.field("infrastructure")), PROVIDER["unknown"])
    if said := "; ".join(filter(None, (_most(subject, trait, name) for trait, name in PROVIDED.items()))):
        yield f"In common: {said}."


def held(subject: Subject, trait: str) -> list[tuple[str, int]]:
    """The values of a trait with the accounts of the group that hold them, most first."""
    kinds = subject.group.values.get(trait, {})
    counted = kinds.get("seen") or kinds.get("seen-days")
    return sorted(counted.counts.items(), key=lambda each: (-each[1], each[0])) if counted else []


def _most(subject: Subject, trait: str, name: str) -> str:
    """The commonest value of a trait, where most accounts share it; or how many values several share."""
    shared = [each for each in held(subject, trait) if each[1] > 1]
    if not shared:
        return ""
    value, holders = shared[0]
    accounts = case_overview.size(subject)
    if 2 * holders >= accounts:
        return f"{name}, {cut(spelled(value), LONG)} ({holders:,} of {accounts:,} accounts)"
    return f"{name}, {many(len(shared), 'value')} that several accounts share"


def asker(subject: Subject) -> Iterable[str]:
    """Whose work it is: how it is shared out, and what they alone send."""
    texts = [each for each in subject.group.sent if each.counts]
    features = {
        each["feature"]: each["state"] for each in (subject.field("competing") or {}).get("features") or ()
    }
    if not texts and not features:
        return
    yield f"{NOT_HERE} by name."
    if "work" in features:
        dealt = f", {WORK[features['division']]}" if features.get("division") in WORK else ""
        yield f"Of what the accounts ask, the group's own work is {clean(features['work'])}{dealt}."
    for each in texts[:TEXTS]:
        assert each.counts is not None
        own, others, _ = each.counts
        quoted = f"“{cut(' '.join(each.text.split()), LONG * 2)}”" if each.text else f"a {each.kind}"
        rest = many(others, "other account") if others else "nobody else"
        masked = " (masked)" * (each.masked and bool(each.text))
        yield f"{quoted}{masked}: sent by {many(own, 'account')} of the group and by {rest}."


# --- place ---------------------------------------------------------------------------------------


def place(subject: Subject) -> Iterable[str]:
    """Through which networks requests came, and why that is no place."""
    exits = [
        _listed(subject, trait, name) for trait, name in (("prefix", "network"), ("asn", "network operator"))
    ]
    known = "; ".join(filter(None, exits))
    if known:
        yield (
            f"Requests left through {known}. That is an exit, and no place: proxies, VPNs and cloud hosts"
            " stand between, and one exit serves many people."
        )
    for trait, name, meaning in (
        ("country", "Country named at registration", "anybody can name any"),
        ("payment-country", "Country of the cards", "that of the bank, not of the holder"),
    ):
        if said := _listed(subject, trait, "country"):
            yield f"{name}: {said} ({meaning})."
    yield from _hours(subject)
    yield f"{NOT_HERE}: where anybody sits." if known else f"{NOT_HERE}."


def _listed(subject: Subject, trait: str, one: str) -> str:
    """The commonest values of a trait, or how many there are where none is shared."""
    own = held(subject, trait)
    if len(own) > 1 and own[0][1] == 1:
        return f"{many(len(own), one, PLURALS.get(one, ''))}, each of one account"
    more = f" and {len(own) - VALUES:,} more" if len(own) > VALUES else ""
    return (
        ", ".join(f"{cut(value, LONG)} ({many(holders, 'account')})" for value, holders in own[:VALUES])
        + more
    )


def _hours(subject: Subject) -> Iterable[str]:
    """Whether the hours of the day show when somebody sleeps."""
    counts = [int(number) for _, number in subject.field("hours") or ()]
    if not counts or not any(counts):
        return
    empty = [hour for hour, number in enumerate(counts) if not number]
    if empty:
        yield f"No requests in {many(len(empty), 'hour')} of the day (UTC): {_spans(empty)}."
    else:
        yield "Requests come in every hour of the day: no working day can be read off."


def _spans(hours: Sequence[int]) -> str:
    """Hours as spans, `02–05`, in order."""
    found: list[list[int]] = []
    for hour in hours:
        if found and found[-1][-1] == hour - 1:
            found[-1].append(hour)
        else:
            found.append([hour])
    return ", ".join(f"{own[0]:02d}" if len(own) == 1 else f"{own[0]:02d}–{own[-1]:02d}" for own in found)


# --- conduct -------------------------------------------------------------------------------------


def method(subject: Subject) -> Iterable[str]:
    """Which habits of collecting answers stand out."""
    found = (subject.field("taken") or {}).get("distillation") or {}
    parts = [each for each in found.get("parts") or () if each["share"] is not None]
    known = sorted(parts, key=lambda each: (-float(each["share"]), str(each["name"])))
    marked = [each for each in known if float(each["share"]) >= MOSTLY][:HABITS]
    if found.get("score") is not None:
        yield (
            f"Distillation score {share(found['score'])}: how like the collecting of answers its habits are."
            " A firm's own application can score high, too."
        )
    if marked:
        said = ", ".join(
            f"{clean(each['name'])} ({share(each['share'])} of others show less)" for each in marked
        )
        yield f"What stands out: {said}."
    elif known:
        yield "No habit of collecting stands out."


def amount(subject: Subject) -> Iterable[str]:
    """Interactions and tokens."""
    found = [subject.field(name) for name in ("interactions", "input-tokens", "output-tokens")]
    if found[0]:
        yield f"{many(found[0], 'interaction')} of {many(case_overview.size(subject), 'account')}."
    if found[1] is not None or found[2] is not None:
        yield f"{count(found[1])} tokens sent, {count(found[2])} received."


def period(subject: Subject) -> Iterable[str]:
    """From when to when, and when the accounts were opened."""
    days = subject.field("active-days")
    if days and days[0]:
        worked = sum(1 for _, number in subject.field("by-day") or () if number)
        yield f"{days[0]} to {days[1]}, with interactions on {many(worked, 'day')} (UTC)."
    opened = [str(day) for day, number in subject.field("registrations") or () if number]
    if opened:
        yield f"Accounts were opened from {min(opened)} to {max(opened)}."


def models(subject: Subject) -> Iterable[str]:
    """The models that were asked."""
    models = (subject.field("taken") or {}).get("models") or ()
    total = sum(int(each["interactions"]) for each in models)
    if total:
        named = [
            f"{cut(each['name'] or 'not named', LONG)} {share(each['interactions'] / total)}"
            for each in models
        ]
        more = f" and {len(named) - 2 * VALUES:,} more" if len(named) > 2 * VALUES else ""
        yield f"{', '.join(named[: 2 * VALUES])}{more}, by interactions."


def capabilities(subject: Subject) -> Iterable[str]:
    """What was asked for."""
    targets = (subject.field("taken") or {}).get("targets") or ()
    named = [each for each in targets if each["name"] != "other"][: 2 * VALUES]
    if named:
        said = ", ".join(
            f"{clean(each['name'])} {share(each['share'])} ({share(each.get('elsewhere'))} elsewhere)"
            for each in named
        )
        yield f"{said}. Told by lists of English words; the rest fits none of them."


# --- whose, and what speaks against --------------------------------------------------------------


def known_operators(subject: Subject) -> Iterable[str]:
    """Which known operators it may be."""
    stories = (subject.field("attribution") or {}).get("stories") or ()
    listed = [each for each in stories if case_overview.is_operator(each["hypothesis"])]
    if not listed:
        yield f"{NOT_HERE}: no list of known operators was given to the run, or none of its values occurs."
        return
    for each in listed[:VALUES]:
        matches = len(each.get("matches") or ()) + int(each.get("more_matches") or 0)
        by = f", by {many(matches, 'known value')}" if matches else ""
        odds = f"{clean(each['confidence'])} confidence, {bits(each['log_odds'])} bits"
        yield f"{cut(each['hypothesis'], LONG)}: {odds}{by}."


def against(subject: Subject) -> Iterable[str]:
    """What was found against the group, and the innocent explanation that fits best."""
    said = [text for _, text in sorted(subject.group.against.items())]
    for text in said[:POINTS]:
        yield cut(sentence(text), LINE)
    if (more := len(said) - POINTS) > 0:
        yield f"{many(more, 'more point')}: see the report."
    found = subject.examination
    fits = [each.explanation for each in found.benign_explanations if each.outcome == FITS] if found else []
    if best := best_innocent(subject):
        ahead = f"one operator is {bits(best[1])} bits ahead of it"
        yield f"Best innocent explanation: {clean(best[0])}; {ahead}."
    if not found and not said:
        yield "No examination of this group is recorded."
    elif not said and not fits:
        yield "No signal found anything; where nothing could be compared there is nothing to find."


def best_innocent(subject: Subject) -> tuple[str, float] | None:
    """The innocent explanation that fits best, and the bits for one operator against it; None where none is
    weighed."""
    stories = (subject.field("competing") or {}).get("stories") or ()
    ranked = sorted((float(each["bits"]), str(each["hypothesis"])) for each in stories)
    return (ranked[0][1], ranked[0][0]) if ranked else None


def atlas(subject: Subject) -> Iterable[str]:
    """The techniques of MITRE ATLAS that it stands for, and why each is named."""
    if case_overview.is_unresolved(subject):
        yield "None: an unresolved group stands for no technique."
        return
    yield from (f"{each.id} {each.name}: {each.why}." for each in named_techniques(subject))
    yield f"{LIKENESS}."


def named_techniques(subject: Subject) -> list[Technique]:
    """The techniques of a reported group, from what is opened of it; none of an unresolved one."""
    if case_overview.is_unresolved(subject):
        return []
    score = subject.field("distillation")
    finding = {
        "accounts": case_overview.size(subject),
        "interactions": int(subject.field("interactions") or 0),
        "infrastructure": subject.field("infrastructure"),
        "distillation": None if score is None else float(score),
    }
    return techniques(finding)
