"""Which values propose pairs of accounts, and how much a coincidence may say."""

from typing import Any

from pydantic import field_validator

from linkage.settings.section import Section, setting

SIMULATED = "chosen on simulated populations; see benchmarks"
EVIDENCE = "evidence.parquet, and with it links and groups"
PAIRS = "which pairs of accounts are compared, and with it links and groups"


class SignalNumbers(Section):
    """The numbers of one signal of a shared value; what is not given stays as its file declares it."""

    agreement: float | None = setting(
        None,
        "m: the chance that two accounts of one operator share such a value",
        source="the signal's file in evidence/signals; Fellegi and Sunter, 1969, for the model",
        changes=EVIDENCE,
        gt=0,
        le=1,
    )
    floor: float | None = setting(
        None,
        "least u: a value that is rare in this sample is not taken to be rarer than this share of accounts",
        source="the signal's file in evidence/signals",
        changes=EVIDENCE,
        ge=0,
        lt=1,
    )
    half_life_days: float | None = setting(
        None,
        "days between two uses after which a shared value says half as many bits; 0: it never fades",
        source="the signal's file in evidence/signals",
        changes=EVIDENCE,
        ge=0,
    )
    proposes: bool | None = setting(
        None,
        "whether a shared value alone makes a pair worth comparing, and can make a link",
        source="the signal's file in evidence/signals",
        changes=PAIRS,
    )


class Coincidences(Section):
    """Two accounts on one object within a window, or one after the other."""

    least_expected: float = setting(
        0.01,
        "coincidences by accident are never expected to be fewer",
        source="rhythms of the day that the count does not model make rare chances less rare than they look",
        changes=EVIDENCE,
        gt=0,
    )
    excess: float = setting(
        2.0,
        "coincidences of one operator beyond the accidental ones, on average (mean of an exponential law)",
        source="a broad law, since the count under one operator is unknown",
        changes=EVIDENCE,
        gt=0,
    )
    max_template_coincidences: int = setting(
        1_000_000,
        "coincidences within the window on one template above which the template is left out",
        source="from there on everyone who uses it meets everyone",
        changes=EVIDENCE,
        ge=0,
    )


class Recurrence(Section):
    """Two accounts on one object in the same stretch of time, again and again."""

    widths_minutes: dict[str, int] = setting(
        {"ten minutes": 10, "two hours": 120, "a day": 1440},
        "stretches of time in which two uses count as one occasion: name and minutes, multiples of the least",
        source="relays that were looked at pause for milliseconds to hours; above a day two accounts of one"
        " period of the year meet anyway",
        changes=EVIDENCE,
        min_length=1,
    )
    least_occasions: int = setting(
        2,
        "occasions that two accounts must have in common",
        source="once is no pattern: whoever read the same newsletter met on its day",
        changes=EVIDENCE,
        ge=1,
    )
    least_expected: float = setting(
        0.01,
        "occasions by accident are never expected to be fewer",
        source="as for coincidences within the window",
        changes=EVIDENCE,
        gt=0,
    )
    excess: float = setting(
        2.0,
        "occasions of one operator beyond the accidental ones, on average",
        source="as for coincidences within the window",
        changes=EVIDENCE,
        gt=0,
    )
    max_bits: float = setting(
        6.0,
        "most bits that common occasions give a pair for one object",
        source="two people of one time zone with the same working week share many occasions",
        changes=EVIDENCE,
        ge=0,
    )
    max_meetings: int = setting(
        200_000,
        "pairs of uses on one object, all occasions together, above which the object is left out",
        source="such an object is a meeting place for all",
        changes=EVIDENCE,
        ge=0,
    )

    @field_validator("widths_minutes")
    @classmethod
    def _multiples(cls, widths: dict[str, int]) -> dict[str, int]:
        """In order of width, each a multiple of the least."""
        ordered = dict(sorted(widths.items(), key=lambda each: each[1]))
        least = next(iter(ordered.values()))
        if least < 1 or any(each % least for each in ordered.values()):
            raise ValueError("every width must be a multiple of the least one")
        return ordered

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the widths, the narrowest first: a place in this list is a `scale` of evidence."""
        return tuple(self.widths_minutes)

    @property
    def widths(self) -> tuple[int, ...]:
        """The same in µs."""
        return tuple(minutes * 60_000_000 for minutes in self.widths_minutes.values())


class WorkQueue(Section):
    """Accounts that share a template's work and do not do the same piece twice."""

    least_texts: int = setting(
        3,
        "different texts an account must have sent on a template",
        source="whoever used it once or twice drained nothing",
        changes=EVIDENCE,
        ge=1,
    )
    least_accounts: int = setting(
        5,
        "accounts from which a template shows how often strangers send the same text on it",
        source=SIMULATED,
        changes=EVIDENCE,
        ge=2,
    )
    least_expected: float = setting(
        3.0,
        "texts in common that two strangers would have; where fewer are expected, none in common says little",
        source="with three expected, none at all has a chance of one in twenty (Poisson)",
        changes=EVIDENCE,
        gt=0,
    )
    retries: float = setting(
        0.1,
        "share of the expected repeats that a queue still makes",
        source="work that failed is handed out again",
        changes=EVIDENCE,
        gt=0,
        lt=1,
    )
    max_bits: float = setting(
        6.0,
        "most bits that a drained queue gives a pair",
        source="strangers may have divided a public set without knowing: different shards, other tastes",
        changes=EVIDENCE,
        ge=0,
    )
    max_meetings: int = setting(
        1_000_000,
        "pairs of accounts of one template, or of equal texts on it, above which the template is left out",
        source="bounds the work; what is left out is counted",
        changes=EVIDENCE,
        ge=0,
    )


class Evidence(Section):
    """Which values propose pairs of accounts, and how much a coincidence may say."""

    clique_degree: int = setting(
        50, "a value on up to so many accounts proposes all of their pairs", source=SIMULATED, changes=PAIRS
    )
    nearest_degree: int = setting(
        5_000,
        "a value on up to so many accounts proposes each account's nearest in time",
        source=SIMULATED,
        changes=PAIRS,
    )
    nearest: int = setting(
        8, "how many nearest in time, and as many drawn by hash", source=SIMULATED, changes=PAIRS
    )
    min_propose_bits: float = setting(
        1.5,
        "a value of fewer bits supports links and proposes none",
        source="weak values that agree with their neighbours' are most of what a careful operator leaves; "
        "chosen on populations that were made independently",
        changes=PAIRS,
    )
    min_pair_bits: float = setting(
        5.0,
        "bits of all values that propose a pair, for it to be compared",
        source="bounds the work; lower than what a link needs, as some signals that make links propose none",
        changes=PAIRS,
    )
    proposal_correlation: float = setting(
        0.3,
        "correlation between the values that propose a pair, in Kish's design effect",
        source="as the values count when the pair is scored (links.default_correlation)",
        changes=PAIRS,
        ge=0,
    )
    max_pairs: int = setting(
        20_000_000, "pairs in all; of more, each account's strongest", source="bounds the work", changes=PAIRS
    )
    least_bits: float = setting(
        0.5,
        "what says less than this, for or against, is left out of the evidence",
        source="it could not change a decision",
        changes=EVIDENCE,
        gt=0,
    )
    max_shared_rows: int = setting(
        8_000_000,
        "rows about shared values held at once; above it only the strongest values of a pair and signal stay",
        source="some 40 bytes each and as many while they are scored; 20,000 accounts with a quarter of a"
        " million requests have three million",
        changes=EVIDENCE,
        ge=1,
    )
    strongest_values: int = setting(
        32,
        "values of one signal kept of a pair where there are too many rows",
        source="a hundred alike count as 3.3 times one of them, 32 as 3.1 times (Kish, correlation 0.3)",
        changes=EVIDENCE,
        ge=1,
    )
    window_seconds: float = setting(
        60.0, "two uses of one object within this time coincide", source=SIMULATED, changes=EVIDENCE
    )
    window_participation: int = setting(
        2,
        "events an account must have in posts that stand in coincidences",
        source="Righetti and Balluff, CooRTweet",
        changes=EVIDENCE,
    )
    window_traits: list[str] = setting(
        [],
        "traits of the table `observations` whose values are such objects",
        source="none unless the user names some",
        changes=EVIDENCE,
    )
    handover_seconds: float = setting(
        600.0,
        "an address or template that another account takes up within this time is passed on",
        source=SIMULATED,
        changes=EVIDENCE,
    )
    echo_bits: float = setting(
        20.0,
        "most bits of an answer given to one account that comes back in another's input",
        source="answers of any length do not coincide by chance; below the cap of the family",
        changes=EVIDENCE,
    )
    coincidences: Coincidences = Coincidences()
    recurrence: Recurrence = Recurrence()
    work_queue: WorkQueue = WorkQueue()
    signals: dict[str, SignalNumbers] = setting(
        {},
        "numbers of single signals, by name, such as [evidence.signals.card] agreement = 0.6",
        source="without one, the number in the signal's file in evidence/signals",
        changes=EVIDENCE,
    )

    @property
    def window(self) -> int:
        """The window in µs."""
        return round(self.window_seconds * 1_000_000)

    @property
    def handover(self) -> int:
        """The time to pass something on, in µs."""
        return round(self.handover_seconds * 1_000_000)

    def with_changes(self, **changes: Any) -> "Evidence":
        """The same with other values, checked."""
        return Evidence(**{**self.model_dump(), **changes})
