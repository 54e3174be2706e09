"""Benign explanations of a group, each with the figure that decides whether it fits.

An explanation fits, does not fit, or cannot be decided from what is known. That one fits proves no innocence,
and that none fits proves no guilt.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.explain.findings import FITS, NOT, UNKNOWN, BenignExplanation
from linkage.settings.explain import BenignExplanations as Thresholds
from linkage.wording import many, noun


@dataclass(frozen=True)
class SharedValues:
    """Values of one family that links of the group rest on: how many, and the median share of their holders
    that are not in the group (None where there are none)."""

    values: int
    outside: float | None


@dataclass(frozen=True)
class Figures:
    """The figures that decide; shares from 0 to 1, None where nothing is known.

    `stand` is the share of links that remain without each family that says anything; `one_…`: members with
    the commonest small network, card, client, e-mail domain or organisation, referring page; `cards`:
    different cards for each account; `one_referrer` is 0 where no page brought more of them than of others;
    `opened`: members opened in the group's densest days, all accounts opened in them, and the days;
    `reseller`: many accounts outside share what links the group and not its work.
    """

    accounts: int
    stand: Mapping[str, float]
    networks: SharedValues
    texts: SharedValues
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
    reseller: bool = False

    def without(self, family: str) -> float:
        """Share of links that stand without a family: all, where it says nothing."""
        return self.stand.get(family, 1.0)


def outcomes(known: Figures, chosen: Thresholds) -> list[BenignExplanation]:
    """Every benign explanation that people have given for such groups, tested."""
    tests = (_carrier, _campus, _office, _family, _fleet, _boilerplate, _tutorial, _launch, _reseller)
    return [test(known, chosen) for test in tests]


def _outcome(fits: bool) -> str:
    return FITS if fits else NOT


def _percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.0%}"


def _carrier(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "one carrier's addresses, or one VPN exit"
    if known.one_place is None and "network" not in known.stand:
        return BenignExplanation(name, UNKNOWN, "no address of these accounts is known")
    stands, outside = known.without("network"), known.networks.outside
    figure = f"{stands:.0%} of the links stand without any address or network"
    if outside is not None:
        figure += (
            f"; of the {many(known.networks.values, 'network')} that members share, the median one has"
            f" {outside:.0%} of its users outside the group"
        )
    fits = stands < chosen.independent_links and (outside or 0.0) >= chosen.outside_holders
    return BenignExplanation(name, _outcome(fits), figure)


def _campus(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "one campus or company network"
    if known.one_place is None:
        return BenignExplanation(name, UNKNOWN, "no address of these accounts is known")
    unit = f"{known.one_unit:.0%} lie in one declared unit ({known.unit})" if known.one_unit else ""
    figure = (
        f"{known.one_place:.0%} use the commonest small network; {unit or 'none lies in a declared unit'}"
    )
    fits = known.one_place >= chosen.one_place and known.one_unit >= chosen.one_place
    return BenignExplanation(name, _outcome(fits), figure)


def _office(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "one office on one card"
    if known.one_card is None or not known.cards:
        return BenignExplanation(name, UNKNOWN, "no card of these accounts is known")
    figure = f"one card pays for {known.one_card:.0%}; {_cards(known.cards)}"
    return BenignExplanation(name, _outcome(known.one_card >= chosen.one_place), figure)


def _cards(cards: float) -> str:
    """How many different cards there are for each account, which is seldom more than one."""
    if cards == 1:
        return "on average one card for each account"
    if cards > 1:
        return f"on average {cards:,.1f} cards for each account"
    return f"on average one card for every {f'{1 / cards:,.1f}'.removesuffix('.0')} accounts"


def _family(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name, most = "one household", chosen.household_accounts
    if known.accounts > most:
        return BenignExplanation(
            name, NOT, f"{many(known.accounts, 'account')}; a household has at most {most}"
        )
    if known.one_place is None and known.one_card is None:
        return BenignExplanation(name, UNKNOWN, "neither an address nor a card of these accounts is known")
    fits = max(known.one_place or 0.0, known.one_card or 0.0) >= chosen.one_place
    figure = (
        f"{many(known.accounts, 'account')}; {_percent(known.one_place)} use one small network,"
        f" {_percent(known.one_card)} one card"
    )
    return BenignExplanation(name, _outcome(fits), figure)


def _fleet(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "one customer's fleet of machines"
    if known.one_client is None or known.verbatim is None:
        return BenignExplanation(name, UNKNOWN, "client or prompts of these accounts are not known")
    machines = max(known.verbatim, known.one_unit) >= chosen.exact_copies
    figure = (
        f"{known.one_client:.0%} use one client; {known.verbatim:.0%} of the common prompts are exact copies,"
        f" as machines send them; {known.one_unit:.0%} lie in one declared unit"
    )
    return BenignExplanation(name, _outcome(known.one_client >= chosen.one_place and machines), figure)


def _boilerplate(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "boilerplate of a framework or a popular tool"
    outside, stands = known.texts.outside, known.without("content")
    if outside is None:
        return BenignExplanation(name, UNKNOWN, "no text is shared, or no prompts are known")
    figure = (
        f"of the {many(known.texts.values, 'text')} that members share, the median one has {outside:.0%} of"
        f" its users outside the group; {stands:.0%} of the links stand without any text"
    )
    fits = outside >= chosen.outside_holders and stands < chosen.independent_links
    return BenignExplanation(name, _outcome(fits), figure)


def _tutorial(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "a tutorial, course or public benchmark"
    if known.verbatim is None:
        return BenignExplanation(name, UNKNOWN, "no prompts are known")
    page = known.one_referrer is not None and known.one_referrer >= chosen.outside_holders
    figure = f"{known.verbatim:.0%} of the common prompts are exact copies; "
    if known.one_referrer is None:
        figure += "no referring page is known"
    elif known.one_referrer:
        figure += f"{known.one_referrer:.0%} came from one referring page, a larger share than of others"
    else:
        figure += "no referring page brought a larger share of them than of others"
    return BenignExplanation(name, _outcome(known.verbatim >= chosen.exact_copies or page), figure)


def _launch(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "a launch day or a piece of news"
    if known.opened is None:
        figure = "when they were opened could not be compared, or does not stand out from comparable accounts"
        return BenignExplanation(name, UNKNOWN, figure)
    inside, everyone, window = known.opened
    stands = known.without("registration")
    figure = (
        f"{inside:,} of the {many(everyone, 'account')} opened in {window}"
        f" {noun(inside, 'is', 'are')} theirs; {stands:.0%} of the links stand without registration"
    )
    fits = stands < chosen.independent_links and inside < chosen.outside_holders * everyone
    return BenignExplanation(name, _outcome(fits), figure)


def _reseller(known: Figures, chosen: Thresholds) -> BenignExplanation:
    name = "different customers of one reseller"
    if known.workload is None:
        return BenignExplanation(name, UNKNOWN, "no prompts are known")
    figure = f"{known.workload:.0%} of their prompts are the group's own work"
    fits = known.workload < chosen.own_workload
    if known.reseller:
        figure += "; its infrastructure is a reseller's, which many accounts outside share"
        figure += "" if fits else ": they use one reseller, but as one customer of it"
    return BenignExplanation(name, _outcome(fits), figure)
