"""The rows that were not used, written as they are met, each with file, row and reason."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.private_files import open_private
from linkage.schema import SOURCES, Receipt
from linkage.wording import many


def printable_row(raw: bytes | str, most: int) -> str:
    """The first `most` characters of a row as harmless text.

    What is no UTF-8 and every character that is not printable is escaped.
    """
    head = raw[:most]
    text = head.decode("utf-8", "backslashreplace") if isinstance(head, bytes) else head
    shown = "".join(each if each.isprintable() else _escaped(each) for each in text)
    return shown[:most]


def _escaped(character: str) -> str:
    # unicode_escape leaves nothing above ASCII and nothing below a blank as it is.
    return character.encode("unicode_escape").decode("ascii")


class Quarantine:
    """`quarantine.ndjson`, open for writing; use it in a `with`. Of each row it keeps so many characters.

    `first` says where the first row of each table stands.
    """

    def __init__(self, path: Path, characters: int) -> None:
        self.path, self._characters = path, characters
        handle = open_private(path, os.O_WRONLY | os.O_TRUNC)
        self._out = os.fdopen(handle, "w", encoding="ascii", newline="\n")
        self.first: dict[str, str] = {}

    def add(
        self, table: str, file: str, row: int, *, reason: str, raw: bytes | str, column: str | None = None
    ) -> None:
        """Write one row; `column` is the one that made it unusable, None where the row's shape is wrong."""
        place = f"{file}, line {row}" + (f", column {column}" if column else "")
        self.first.setdefault(table, place)
        text = printable_row(raw, self._characters)
        entry = {"table": table, "file": file, "row": row, "reason": reason, "raw": text, "column": column}
        self._out.write(json.dumps(entry) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()


def check_share(
    receipts: Sequence[Receipt], limit: float, quarantine: Quarantine, rejected: Path | None
) -> None:
    """Raises InputError naming each table of which more than the share `limit` of rows cannot be used, where
    that begins and a way out. Then the rows are kept as the file `rejected`, if one is given."""
    faults, remedies = [], []
    for table in dict.fromkeys(receipt.table for receipt in receipts):
        parts = [receipt for receipt in receipts if receipt.table == table]
        rows = sum(receipt.rows for receipt in parts)
        why: Counter[str] = Counter()
        for receipt in parts:
            why.update(receipt.quarantined)
        if rows and why.total() > limit * rows:
            worst = sorted(why.items(), key=lambda item: (-item[1], item[0]))[:3]
            worst_reasons = ", ".join(f"{reason} ({number:,})" for reason, number in worst)
            share = f"{why.total():,} of {rows:,} rows ({why.total() / rows:.2%})"
            faults.append(
                f"table {table}: {share} cannot be used, more than {limit:.2%}: {worst_reasons};"
                f" the first is {quarantine.first[table]}"
            )
            remedies += [reasons.REMEDIES[reason] for reason, _ in worst if reason in reasons.REMEDIES]
    if faults:
        kept = quarantine.path if rejected is None else Path(shutil.move(quarantine.path, rejected))
        remedies += ["mend the source", "or raise ingest.max_quarantined if the rest is enough"]
        raise InputError(
            "; ".join(faults) + f"; each such row stands in {kept}", hint="; ".join(dict.fromkeys(remedies))
        )


def check_dropped(receipts: Sequence[Receipt], limit: float) -> None:
    """Raises InputError where more entries of foreign logs lost their account or time than rows are used, and
    more than the share `limit`: then such a cell is no exception, but nothing is written as its format is."""
    odd = {
        (at, name): sum(receipt.dropped_cells[name].values())
        for at, receipt in enumerate(receipts)
        for name in SOURCES[receipt.table].required
        if name in receipt.dropped_cells
    }
    lost, used = sum(odd.values()), sum(receipt.used for receipt in receipts)
    if lost > used and lost > limit * sum(receipt.rows for receipt in receipts):
        (at, name), *_ = odd
        receipt = receipts[at]
        lines = [line for each in receipt.dropped_examples.get(name, {}).values() for line in each]
        where = f", line {min(lines)}" if lines else ""
        raise InputError(
            f"{receipt.file}{where}, column {name}: {reasons.WRONG_TYPE}; so in {many(lost, 'row')}, "
            f"more than can be used ({used:,})",
            hint=reasons.REMEDIES[reasons.WRONG_TYPE],
        )
