"""Whether log-odds mean what they say: the predicted probability beside the share that was right.

Measured on the pairs that a case tells of, and those are links: pairs whose log-odds reached the threshold.
Of the rest no case keeps a score, so nothing here says whether a low score means what it says. Right is a
pair that one planted operator runs. Two accounts of one honest customer count as wrong: the truth names
operators only.

Sums, not means, go from hand to hand: those of several runs may be added.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import Bools, Floats, Ints

BITS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0)
"""Edges of the bins of log-odds. From 4 bits on every probability is above 0.94: the usual ten bins of equal
width in probability would put all of those into one, and hide whether more bits mean more."""

TENTHS = tuple(n / 10 for n in range(1, 10))
"""Edges of the bins of a probability or a share."""

REPORTED, UNRESOLVED = "in one reported group", "in one unresolved group"
EXPLAINED, APART = "in one explained group", "in no group together"
PLACES = (REPORTED, UNRESOLVED, EXPLAINED, APART)
"""Where the two accounts of a pair ended."""


@dataclass(frozen=True)
class Links:
    """Links as arrays: account numbers, log-odds (bits, prior included), whether one operator runs both
    accounts, and where they ended (number in PLACES)."""

    left: Ints
    right: Ints
    log_odds: Floats
    same: Bools
    place: Ints

    def only(self, chosen: Bools) -> "Links":
        """Some of them."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class Base:
    """How likely a random pair is right: what the run took it for, and what the truth says, both as
    log-odds in bits (the second None where no operator was planted)."""

    assumed: float
    planted: float | None


@dataclass(frozen=True)
class Bin:
    """One bin: its bounds, how many lie in it, mean predicted probability, share that was right."""

    low: float
    high: float
    count: float
    predicted: float
    right: float


@dataclass(frozen=True)
class Sums:
    """Per bin the sums of weights, of predicted probabilities and of those that were right (bins × 3)."""

    edges: tuple[float, ...]
    table: Floats

    def __add__(self, other: "Sums") -> "Sums":
        if self.edges != other.edges:
            raise ValueError("sums over different bins cannot be added")
        return Sums(self.edges, self.table + other.table)

    def bins(self) -> tuple[Bin, ...]:
        """The reliability diagram: a row per bin that is not empty."""
        bounds = (-np.inf, *self.edges, np.inf)
        return tuple(
            Bin(bounds[i], bounds[i + 1], weight, predicted / weight, right / weight)
            for i, (weight, predicted, right) in enumerate(self.table.tolist())
            if weight > 0
        )

    def error(self) -> float | None:
        """Expected calibration error: the mean over all of |predicted − right| of their bin."""
        weight, predicted, right = self.table.T
        total = float(weight.sum())
        return float(np.abs(predicted - right).sum()) / total if total else None

    def excess(self) -> float | None:
        """Mean predicted minus share right: positive where more is claimed than holds."""
        weight, predicted, right = self.table.T
        total = float(weight.sum())
        return float((predicted - right).sum()) / total if total else None


def probability(log_odds: Floats) -> Floats:
    """The probability that log-odds in bits stand for."""
    result: Floats = 1 / (1 + np.exp2(-np.clip(log_odds, -1000, 1000)))
    return result


def tally(
    score: Floats, predicted: Floats, right: Bools, *, edges: Sequence[float], weight: Floats | None = None
) -> Sums:
    """Sums by bin of `score`; a bin reaches from its lower edge, itself included, to the next."""
    each = np.ones(len(score)) if weight is None else weight
    home = np.searchsorted(np.array(edges), score, side="right")
    columns = (each, each * predicted, each * right)
    sums = [np.bincount(home, weights=column, minlength=len(edges) + 1) for column in columns]
    return Sums(tuple(edges), np.stack(sums, axis=1))


# --- links ---------------------------------------------------------------------------------------


def links(
    rows: Iterable[Mapping[str, object]],
    truth: Mapping[str, str | None],
    *,
    groups: Mapping[str, str],
    unresolved: Mapping[str, str],
    explained: Mapping[str, str],
) -> Links:
    """The links of a case beside the truth; of each outcome, accounts are mapped to their group.

    Links on which a person has decided are left out: their log-odds decided nothing.
    """
    kept = [row for row in rows if row.get("verdict") is None]
    ends = [(str(row["left"]), str(row["right"])) for row in kept]
    number = {name: i for i, name in enumerate(sorted({account for pair in ends for account in pair}))}
    numbers = np.array([(number[a], number[b]) for a, b in ends], dtype=np.int64).reshape(-1, 2)
    same = [bool(truth.get(a)) and truth.get(a) == truth.get(b) for a, b in ends]
    return Links(
        numbers[:, 0],
        numbers[:, 1],
        np.array([float(str(row["log_odds"])) for row in kept], dtype=np.float64),
        np.array(same, dtype=bool),
        np.array([_place(pair, (groups, unresolved, explained)) for pair in ends], dtype=np.int64),
    )


def _place(pair: tuple[str, str], outcomes: Sequence[Mapping[str, str]]) -> int:
    for number, homes in enumerate(outcomes):
        left, right = (homes.get(account) for account in pair)
        if left is not None and left == right:
            return number
    return len(PLACES) - 1


def base(truth: Mapping[str, str | None], assumed: float) -> Base:
    """The odds of a random pair under the run's prior (`assumed`, bits) and in the truth."""
    everyone, sizes = len(truth), Counter(operator for operator in truth.values() if operator)
    same = sum(n * (n - 1) // 2 for n in sizes.values())
    other = everyone * (everyone - 1) // 2 - same
    return Base(assumed, float(np.log2(same / other)) if same and other else None)


def as_predicted(found: Links, *, weight: Floats | None = None) -> Sums:
    """Every link with the probability its log-odds stand for."""
    return tally(found.log_odds, probability(found.log_odds), found.same, edges=BITS, weight=weight)


def with_true_prior(found: Links, known: Base) -> Sums | None:
    """The same with the prior the truth has instead of the run's: what is left is wrong in the evidence.

    Bins are those of the log-odds as the run gave them. None where no operator was planted.
    """
    if known.planted is None:
        return None
    moved = found.log_odds - known.assumed + known.planted
    return tally(found.log_odds, probability(moved), found.same, edges=BITS)


def class_weighted(found: Links) -> Sums | None:
    """The same with right and wrong links of equal weight in all, and the prior moved accordingly.

    Weighting makes even odds of those the links had, so each log-odds loses as many bits as these odds were
    (Elkan 2001, theorem 2). It does not depend on how many operators were planted. None where all links are
    right, or none is.
    """
    right, wrong = int(found.same.sum()), int((~found.same).sum())
    if not right or not wrong:
        return None
    moved = found.log_odds - np.log2(right / wrong)
    weight = np.where(found.same, 0.5 / right, 0.5 / wrong)
    return tally(found.log_odds, probability(moved), found.same, edges=BITS, weight=weight)


def worth(sums: Sums, truth: Mapping[str, str | None]) -> tuple[float | None, ...]:
    """For each bin of `bins()`, the bits its links turned out to be worth, without any prior.

    log2 of the share of all right pairs that lie in the bin over the share of all wrong pairs that do;
    None where a bin holds only one kind. Comparable with log-odds minus the run's prior.
    """
    planted = base(truth, 0.0).planted
    odds = [(b.right / (1 - b.right)) if 0 < b.right < 1 else None for b in sums.bins()]
    return tuple(None if o is None or planted is None else float(np.log2(o)) - planted for o in odds)


def resampled(found: Links, *, runs: int, seed: int) -> list[Sums]:
    """The sums of `as_predicted` over again with accounts drawn with replacement.

    Links that share an account are not independent, so accounts are drawn, not links: a link counts as
    often as both of its accounts were drawn.
    """
    accounts = int(max(found.left.max(initial=-1), found.right.max(initial=-1))) + 1
    rng, result = np.random.default_rng(seed), []
    for _ in range(runs):
        drawn = np.bincount(rng.integers(0, max(accounts, 1), accounts), minlength=accounts)
        weight = (drawn[found.left] * drawn[found.right]).astype(np.float64)
        result.append(as_predicted(found, weight=weight))
    return result


# --- groups --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupCheck:
    """One reported group: what was claimed of it, and what share of it one operator runs."""

    group: str
    accounts: int
    log_odds: float | None
    q_value: float | None
    stability: float | None
    operator: str | None
    share: float

    @property
    def right(self) -> bool:
        """Whether one operator runs at least half of it."""
        return 2 * self.share >= 1


def check_groups(
    findings: Iterable[Mapping[str, object]],
    members: Iterable[Mapping[str, object]],
    truth: Mapping[str, str | None],
) -> tuple[tuple[GroupCheck, ...], Sums]:
    """Every reported group beside the truth, and membership beside it: an account is right in its group
    when the operator who runs most of that group runs it too, and that is at least half of the group."""
    held: dict[str, list[tuple[str, float]]] = {}
    for row in members:
        held.setdefault(str(row["group"]), []).append((str(row["account"]), float(str(row["membership"]))))
    checks = tuple(_check(row, held[str(row["group"])], truth) for row in findings)
    said = [
        (membership, check.right and truth.get(account) == check.operator)
        for check in checks
        for account, membership in held[check.group]
    ]
    score = np.array([s for s, _ in said], dtype=np.float64)
    return checks, tally(score, score, np.array([r for _, r in said], dtype=bool), edges=TENTHS)


def _check(
    row: Mapping[str, object], members: Sequence[tuple[str, float]], truth: Mapping[str, str | None]
) -> GroupCheck:
    owners = Counter(truth[account] for account, _ in members if truth.get(account))
    operator, most = min(owners.items(), key=lambda o: (-o[1], str(o[0])), default=(None, 0))
    claimed = [row.get(name) for name in ("log_odds", "q_value", "stability")]
    log_odds, q_value, stability = (None if each is None else float(str(each)) for each in claimed)
    return GroupCheck(
        str(row["group"]), len(members), log_odds, q_value, stability, operator, most / len(members)
    )
