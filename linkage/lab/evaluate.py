"""How good a grouping is against planted truth: B³, pairs, adjusted Rand index, and who was accused wrongly.

No measure enumerates pairs: all follow from the counts of accounts per group, per operator and per both.
Measures that are undefined (a precision where nothing was reported) are None, never a made-up number.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from linkage.errors import InputError

COLUMNS = ("account", "operator")


@dataclass(frozen=True)
class OperatorScore:
    """How one operator fared: the group that fits him best, and what share each is of the other."""

    operator: str
    accounts: int
    found: bool
    recall: float
    precision: float | None
    group: str | None


@dataclass(frozen=True)
class Evaluation:
    """All measures of one grouping. Shares lie between 0 and 1 (ari between -1 and 1); None is undefined.

    B³ is the mean over operators' accounts; an account in no group counts as a group of its own, and
    innocents in a group lower its precision. Pairs are unordered pairs of accounts in one group. The adjusted
    Rand index is over all accounts, where each innocent is an operator of its own and each account in no
    group a group of its own.
    """

    accounts: int
    operators: int
    operator_accounts: int
    groups: int
    b3_precision: float | None
    b3_recall: float | None
    b3_f1: float | None
    pair_precision: float | None
    pair_recall: float | None
    ari: float
    innocent_accounts_flagged: int
    innocents_flagged_per_1000: float | None
    innocent_accounts_unresolved: int
    false_groups: int
    operators_found: int
    per_operator: tuple[OperatorScore, ...]

    def to_dict(self) -> dict[str, object]:
        """All of it as plain values."""
        return {**asdict(self), "per_operator": [asdict(score) for score in self.per_operator]}

    def rows(self) -> list[dict[str, object]]:
        """One row per measure."""
        measures = asdict(self)
        del measures["per_operator"]
        return [{"measure": name, "value": value} for name, value in measures.items()]

    def operator_rows(self) -> list[dict[str, object]]:
        """One row per operator, the largest first."""
        return [asdict(score) for score in self.per_operator]


def evaluate(
    groups: Mapping[str, str], truth: Mapping[str, str | None], unresolved: Collection[str] = ()
) -> Evaluation:
    """Compare groups (account to group) with truth (account to operator, None or empty for an innocent).

    An account that truth does not know counts as innocent. Accounts in an `unresolved` group are accused of
    nothing: the innocent ones are counted, and no other measure looks at them.
    """
    planted = {account: operator for account, operator in truth.items() if operator}
    counts = _Counts(
        everybody=len(truth.keys() | groups.keys()),
        group=Counter(groups.values()),
        operator=Counter(planted.values()),
        both=Counter(
            (groups[account], operator) for account, operator in planted.items() if account in groups
        ),
    )
    scores = tuple(_score(counts, operator) for operator in _largest_first(counts.operator))
    precision, recall = _b_cubed(counts)
    together, grouped, owned = _pairs(counts.both), _pairs(counts.group), _pairs(counts.operator)
    flagged = sum(counts.group.values()) - sum(counts.both.values())
    innocents = counts.everybody - len(planted)
    return Evaluation(
        accounts=counts.everybody,
        operators=len(counts.operator),
        operator_accounts=len(planted),
        groups=len(counts.group),
        b3_precision=precision,
        b3_recall=recall,
        b3_f1=_harmonic(precision, recall),
        pair_precision=_share(together, grouped),
        pair_recall=_share(together, owned),
        ari=_adjusted_rand(together, grouped, owned, counts.everybody),
        innocent_accounts_flagged=flagged,
        innocents_flagged_per_1000=_share(1000 * flagged, innocents),
        innocent_accounts_unresolved=len(set(unresolved) - planted.keys()),
        false_groups=_false_groups(counts),
        operators_found=sum(score.found for score in scores),
        per_operator=scores,
    )


@dataclass(frozen=True)
class _Counts:
    everybody: int
    group: Counter[str]
    operator: Counter[str]
    both: Counter[tuple[str, str]]


def _pairs(counts: Mapping[object, int] | Mapping[str, int] | Mapping[tuple[str, str], int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _harmonic(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else 2 * left * right / (left + right)


def _largest_first(sizes: Mapping[str, int]) -> list[str]:
    return sorted(sizes, key=lambda name: (-sizes[name], name))


def _b_cubed(counts: _Counts) -> tuple[float | None, float | None]:
    total = sum(counts.operator.values())
    alone = {name: size for name, size in counts.operator.items()}
    precision, recall = 0.0, 0.0
    for (group, operator), both in sorted(counts.both.items()):
        precision += both * both / counts.group[group]
        recall += both * both / counts.operator[operator]
        alone[operator] -= both
    precision += sum(alone.values())
    recall += sum(size / counts.operator[name] for name, size in alone.items())
    return _share(precision, total), _share(recall, total)


def _adjusted_rand(together: int, grouped: int, owned: int, everybody: int) -> float:
    every = everybody * (everybody - 1) // 2
    expected = grouped * owned / every if every else 0.0
    most = (grouped + owned) / 2
    # Both partitions of singletons (or of one block) agree wholly, and the formula divides by zero.
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _false_groups(counts: _Counts) -> int:
    held = {group for (group, _), both in counts.both.items() if 2 * both >= counts.group[group]}
    return len(counts.group.keys() - held)


def _score(counts: _Counts, operator: str) -> OperatorScore:
    size = counts.operator[operator]
    held = {group: both for (group, name), both in counts.both.items() if name == operator}
    if not held:
        return OperatorScore(operator, size, False, 0.0, None, None)

    def fit(group: str) -> tuple[bool, int, float, str]:
        both = held[group]
        found = 2 * both >= size and 2 * both >= counts.group[group]
        return (not found, -both, -both / counts.group[group], group)

    best = min(held, key=fit)
    both = held[best]
    return OperatorScore(operator, size, not fit(best)[0], both / size, both / counts.group[best], best)


def read_truth(path: Path) -> dict[str, str | None]:
    """Account to operator (None for an innocent) from a CSV file with the columns account and operator.

    Raises InputError naming the file and row when it cannot be read as one.
    """
    return {account: operator or None for account, (operator,) in read_labels(path, COLUMNS).items()}


def read_labels(
    path: Path, columns: tuple[str, ...], *, also: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """The first of these columns of a CSV file to the others; those in `also` may be missing (empty texts).

    Raises InputError naming the file and row when it cannot be read, or repeats or lacks a key.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _collect(path, csv.reader(file, strict=True), columns, also)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8: {error.reason}", hint="save it as UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{path}: not CSV: {error}", hint=f"write it as CSV: {','.join(columns)}") from error


def _collect(
    path: Path, rows: Iterable[list[str]], columns: tuple[str, ...], also: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    numbered = enumerate(rows, 1)
    _, header = next(numbered, (0, []))
    names = [name.strip() for name in header]
    missing = [name for name in columns if name not in names]
    if missing:
        hint = f"its first line must be: {','.join(columns)}"
        raise InputError(f"{path}: no column '{missing[0]}'", hint=hint)
    places = [names.index(name) if name in names else None for name in (*columns, *also)]
    labels: dict[str, tuple[str, ...]] = {}
    for number, row in numbered:
        if not row:
            continue
        if len(row) != len(names):
            raise InputError(
                f"{path}: row {number} has {len(row)} cells, not {len(names)}", hint="mend that row"
            )
        key, *others = ("" if place is None else row[place].strip() for place in places)
        if not key:
            raise InputError(f"{path}: row {number} names no {columns[0]}", hint="fill it or remove that row")
        if key in labels:
            raise InputError(
                f"{path}: row {number} repeats {columns[0]} '{key[:80]}'", hint="keep one of them"
            )
        labels[key] = tuple(others)
    return labels
