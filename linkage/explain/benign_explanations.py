"""Benign explanations of a group, each held against the figure that decides it.

An explanation fits, does not fit, or cannot be judged on what is known. Fitting proves no innocence and not
fitting no guilt: each says what would have to be true, and what is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FITS, NOT, UNKNOWN = "fits", "does not fit", "not enough to say"

STANDS = 0.8
"""Share of links without a family from which that family does not explain the group (`communities.MOST`)."""

ONE_PLACE = 0.8
"""Share of members in one place, on one card or in one unit from which it is theirs (`gates.IN_ONE_UNIT`)."""

ELSEWHERE = 0.5
"""Share of a value's holders outside the group from which it is a common good: most of them are strangers."""

COPIES = 0.5
"""Share of exact copies from which common prompts are a public text (`gates.PUBLIC_TEXT`)."""

WORK = 2 / 3
"""Share of own prompts from which the work is what the accounts are for (`gates.WORKLOAD`)."""

HOUSEHOLD = 10
"""Accounts of one household at most; larger households are under one in a hundred nearly everywhere."""


@dataclass(frozen=True)
class Outcome:
    """One explanation, whether it fits, and the figure that says so."""

    explanation: str
    outcome: str
    figure: str


@dataclass(frozen=True)
class Common:
    """Values of one kind that links of the group rest on: how many, and the median share of their holders
    that are not in the group (None where there are none)."""

    values: int
    elsewhere: float | None


@dataclass(frozen=True)
class Figures:
    """What the explanations are held against; shares from 0 to 1, None where nothing is known.

    `stand` is the share of links that remain without each family that says anything; `one_…`: members with
    the commonest small network, card, client, e-mail domain or organisation, referring page; `cards`:
    different cards for each account; `one_referrer` is 0 where no page brought more of them than of others;
    `opened`: members opened in the group's densest days, all accounts opened in them, and the days.
    """

    accounts: int
    stand: Mapping[str, float]
    networks: Common
    texts: Common
    one_place: float | None
    one_card: float | None
    cards: float | None
    one_client: float | None
    one_unit: float
    unit: str
    one_referrer: float | None
    verbatim: float | None
    workload: float | None
    opened: tuple[int, int, str] | None

    def without(self, family: str) -> float:
        """Share of links that stand without a family: all, where it says nothing."""
        return self.stand.get(family, 1.0)


def outcomes(known: Figures) -> list[Outcome]:
    """Every explanation that people have given for such groups, tested."""
    return [
        _carrier(known),
        _campus(known),
        _office(known),
        _family(known),
        _fleet(known),
        _boilerplate(known),
        _tutorial(known),
        _launch(known),
        _pool(known),
    ]


def _outcome(fits: bool) -> str:
    return FITS if fits else NOT


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share:.0%}"


def _carrier(known: Figures) -> Outcome:
    name = "one carrier's addresses, or one VPN exit"
    if known.one_place is None and "network" not in known.stand:
        return Outcome(name, UNKNOWN, "no address of these accounts is known")
    stands = known.without("network")
    said = f"{stands:.0%} of the links stand without any address or network"
    if known.networks.elsewhere is not None:
        said += (
            f"; of the {known.networks.values:,} networks they share, the median has"
            f" {known.networks.elsewhere:.0%} of its users outside the group"
        )
    return Outcome(name, _outcome(stands < STANDS and (known.networks.elsewhere or 0.0) >= ELSEWHERE), said)


def _campus(known: Figures) -> Outcome:
    name = "one campus or company network"
    if known.one_place is None:
        return Outcome(name, UNKNOWN, "no address of these accounts is known")
    unit = f"{known.one_unit:.0%} lie in one declared unit ({known.unit})" if known.one_unit else ""
    said = f"{known.one_place:.0%} use the commonest small network; {unit or 'none lies in a declared unit'}"
    return Outcome(name, _outcome(known.one_place >= ONE_PLACE and known.one_unit >= ONE_PLACE), said)


def _office(known: Figures) -> Outcome:
    name = "one office on one card"
    if known.one_card is None or not known.cards:
        return Outcome(name, UNKNOWN, "no card of these accounts is known")
    said = f"one card pays for {known.one_card:.0%}; {known.cards:.2f} different cards for each account"
    return Outcome(name, _outcome(known.one_card >= ONE_PLACE), said)


def _family(known: Figures) -> Outcome:
    name = "one household"
    if known.accounts > HOUSEHOLD:
        return Outcome(name, NOT, f"{known.accounts:,} accounts; a household has at most {HOUSEHOLD}")
    if known.one_place is None and known.one_card is None:
        return Outcome(name, UNKNOWN, "neither an address nor a card of these accounts is known")
    fits = max(known.one_place or 0.0, known.one_card or 0.0) >= ONE_PLACE
    said = (
        f"{known.accounts:,} accounts; {_percent(known.one_place)} use one small network,"
        f" {_percent(known.one_card)} one card"
    )
    return Outcome(name, _outcome(fits), said)


def _fleet(known: Figures) -> Outcome:
    name = "one customer's fleet of machines"
    if known.one_client is None or known.verbatim is None:
        return Outcome(name, UNKNOWN, "client or prompts of these accounts are not known")
    fits = known.one_client >= ONE_PLACE and max(known.verbatim, known.one_unit) >= COPIES
    said = (
        f"{known.one_client:.0%} use one client; {known.verbatim:.0%} of the common prompts are exact copies,"
        f" as machines send them; {known.one_unit:.0%} lie in one declared unit"
    )
    return Outcome(name, _outcome(fits), said)


def _boilerplate(known: Figures) -> Outcome:
    name = "boilerplate of a framework or a popular tool"
    if known.texts.elsewhere is None:
        return Outcome(name, UNKNOWN, "no text is shared, or no prompts are known")
    said = (
        f"of the {known.texts.values:,} texts they share, the median has {known.texts.elsewhere:.0%} of its"
        f" users outside the group; {known.without('content'):.0%} of the links stand without any text"
    )
    fits = known.texts.elsewhere >= ELSEWHERE and known.without("content") < STANDS
    return Outcome(name, _outcome(fits), said)


def _tutorial(known: Figures) -> Outcome:
    name = "a tutorial, course or public benchmark"
    if known.verbatim is None:
        return Outcome(name, UNKNOWN, "no prompts are known")
    page = known.one_referrer is not None and known.one_referrer >= ELSEWHERE
    said = f"{known.verbatim:.0%} of the common prompts are exact copies; "
    if known.one_referrer is None:
        said += "no referring page is known"
    elif known.one_referrer:
        said += f"{known.one_referrer:.0%} came by one referring page, more than of others"
    else:
        said += "no referring page brought them more than it brought others"
    return Outcome(name, _outcome(known.verbatim >= COPIES or page), said)


def _launch(known: Figures) -> Outcome:
    name = "a launch day or a piece of news"
    if known.opened is None:
        return Outcome(name, UNKNOWN, "their registrations are not known, or spread like everybody's")
    inside, everyone, window = known.opened
    stands = known.without("registration")
    said = (
        f"{inside:,} of the {everyone:,} accounts opened in {window} are theirs;"
        f" {stands:.0%} of the links stand without registration"
    )
    return Outcome(name, _outcome(stands < STANDS and inside < ELSEWHERE * everyone), said)


def _pool(known: Figures) -> Outcome:
    name = "different customers of one reseller"
    if known.workload is None:
        return Outcome(name, UNKNOWN, "no prompts are known")
    said = f"{known.workload:.0%} of their prompts are the group's own work"
    return Outcome(name, _outcome(known.workload < WORK), said)
