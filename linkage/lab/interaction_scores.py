"""Beyond accounts: which kinds of innocents were accused, and which interactions were attributed rightly."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.errors import IntegrityError
from linkage.lab.evaluate import read_labels
from linkage.lab.truth import WORK

WORKLOAD = "workload.parquet"
"""The table of a case that names attributed interactions; cases without prompts and older ones have none."""

UNTOLD = "not told"
"""Kind of an account that the table of kinds leaves out."""


@dataclass(frozen=True)
class KindScore:
    """Innocents of one kind, and how many of them were put into a group."""

    kind: str
    accounts: int
    flagged: int
    flagged_per_1000: float


def by_kind(
    groups: Mapping[str, str], truth: Mapping[str, str | None], kinds: Mapping[str, str]
) -> tuple[KindScore, ...]:
    """Innocents flagged per kind, the most often flagged first."""
    innocents = [account for account in truth.keys() | groups.keys() if not truth.get(account)]
    there = Counter(kinds.get(account, UNTOLD) for account in innocents)
    flagged = Counter(kinds.get(account, UNTOLD) for account in innocents if account in groups)
    scores = (KindScore(kind, n, flagged[kind], 1000 * flagged[kind] / n) for kind, n in there.items())
    return tuple(sorted(scores, key=lambda score: (-score.flagged_per_1000, -score.accounts, score.kind)))


@dataclass(frozen=True)
class MessageScore:
    """How well single interactions were attributed; shares are None where undefined.

    A group stands for the operator who sent most of what is attributed to it. Precision is the share of
    attributed interactions that this operator sent. Recall is over the operators' templated work: their
    everyday questions cannot be told from anybody's, and what a victim's account sends for them misleads.
    """

    sent: int
    work: int
    attributed: int
    message_precision: float | None
    message_recall: float | None

    def rows(self) -> list[dict[str, object]]:
        """One row per measure."""
        return [{"measure": name, "value": value} for name, value in asdict(self).items()]


def by_message(attributed: Mapping[str, str], sent: Mapping[str, tuple[str, str]]) -> MessageScore:
    """Compare attributed interactions (to their group) with those operators sent (operator, part)."""
    held: dict[str, Counter[str]] = {}
    for interaction, group in attributed.items():
        held.setdefault(group, Counter())
        if interaction in sent:
            held[group][sent[interaction][0]] += 1
    owner = {
        group: min(counts, key=lambda name: (-counts[name], name)) for group, counts in held.items() if counts
    }
    right = work_found = 0
    for interaction, group in attributed.items():
        operator, part = sent.get(interaction, ("", ""))
        if operator and owner.get(group) == operator:
            right += 1
            work_found += part == WORK
    work = sum(part == WORK for _, part in sent.values())
    return MessageScore(
        sent=len(sent),
        work=work,
        attributed=len(attributed),
        message_precision=right / len(attributed) if attributed else None,
        message_recall=work_found / work if work else None,
    )


def read_kinds(path: Path) -> dict[str, str]:
    """Account to kind from a CSV file with the columns account and kind; raises InputError."""
    return {account: kind or UNTOLD for account, (kind,) in read_labels(path, ("account", "kind")).items()}


def read_sent(path: Path) -> dict[str, tuple[str, str]]:
    """Interaction to operator and part, those of no operator left out; raises InputError.

    A CSV file with the columns interaction and operator; without a column part everything is an operator's
    templated work.
    """
    rows = read_labels(path, ("interaction", "operator"), also=("part",))
    return {which: (operator, part or WORK) for which, (operator, part) in rows.items() if operator}


def read_workload(case: Path) -> dict[str, str] | None:
    """Attributed interactions and their groups, None where the case has no such table.

    Raises IntegrityError when the table is there and cannot be read.
    """
    path = case / WORKLOAD
    if not path.is_file():
        return None
    try:
        table = pq.read_table(path, columns=["interaction", "group"])
        interaction, group = (table.column(name).to_pylist() for name in ("interaction", "group"))
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise IntegrityError(f"{path}: cannot be read: {error}", hint="run investigate again") from error
    return {str(which): str(where) for which, where in zip(interaction, group, strict=True) if which}
