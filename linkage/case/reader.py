"""What a case folder holds: its tables, its receipt, its verdicts, and the rows about groups and accounts."""

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.case import journal, parquet
from linkage.case.column_codes import distinct
from linkage.case.sent_texts import sent_texts
from linkage.case.table import Table, as_rows
from linkage.case.writer import RUN, is_case, is_receipt, recover
from linkage.errors import CaseError, IntegrityError, command
from linkage.explain.evidence_lines import Observation
from linkage.links import constraints as judge
from linkage.schema import CASE, OUTCOMES


class _WholeTable:
    """The attribute through which a case hands out one whole table."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, case: "CaseReader", owner: type) -> Table:
        return Table(case.table(self.name))


class CaseReader:
    """A case folder, opened for reading; raises CaseError when the folder is no case."""

    observations, prompts, templates, near = _WholeTable(), _WholeTable(), _WholeTable(), _WholeTable()
    evidence, links, groups, explained = _WholeTable(), _WholeTable(), _WholeTable(), _WholeTable()
    findings, attributions, lineage, segments = _WholeTable(), _WholeTable(), _WholeTable(), _WholeTable()
    unresolved = _WholeTable()

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        recover(self.path)
        if not self._is_case():
            raise CaseError(
                f"{self.path}: is no case folder",
                hint=f"make one: {command('linkage', 'investigate', 'SOURCE', '--case', self.path)}",
            )

    def _is_case(self) -> bool:
        """As `is_case`, with the receipt read once, for those who ask for it, too."""
        try:
            return is_receipt(self.run)
        except (IntegrityError, OSError):
            return is_case(self.path)

    @cached_property
    def run(self) -> dict[str, Any]:
        """The receipt."""
        try:
            receipt = json.loads((self.path / RUN).read_text("utf-8"))
        except ValueError as error:
            raise IntegrityError(f"{self.path / RUN}: not JSON: {error}") from error
        if not isinstance(receipt, dict):
            raise IntegrityError(f"{self.path / RUN}: is not a receipt")
        return receipt

    def table(self, name: str, where: parquet.Where | None = None) -> pa.Table:
        """Rows of a table, in its order: all, or those with one of the wanted values in each named column."""
        if name not in CASE:
            raise CaseError(f"{name}: a case has no such table", hint=f"one of: {', '.join(CASE)}")
        if name == "unresolved" and not (self.path / "unresolved.parquet").exists():
            # A case of an earlier version knows two outcomes only.
            return CASE[name].schema.empty_table()
        return parquet.read(self.path / f"{name}.parquet", where)

    def evidence_among(self, accounts: Collection[str], columns: Sequence[str]) -> pa.Table:
        """Some columns of the evidence between any two of these accounts, texts as Arrow dictionaries."""
        return parquet.read_encoded(
            self.path / "evidence.parquet", {"left": accounts, "right": accounts}, columns
        )

    def verdicts(self) -> list[dict[str, Any]]:
        """Every verdict ever given, oldest first."""
        return journal.read_verdicts(self.path)

    def constraints(self) -> judge.Constraints:
        """The verdicts in force."""
        return judge.constraints(self.verdicts())

    def members(self, group: str) -> list[dict[str, Any]]:
        """The accounts of a group with role and membership; raises CaseError where there is no such group."""
        for name in OUTCOMES:
            rows: list[dict[str, Any]] = as_rows(self.table(name, {"group": {group}}))
            if rows:
                return sorted(rows, key=lambda row: (row["role"], -row["membership"], row["account"]))
        known = [group for name in OUTCOMES for group in self.table(name).column("group").to_pylist()]
        raise CaseError(
            f"{group}: no such group in {self.path}", hint=_nearest(group, known, "linkage groups")
        )

    def places(self, accounts: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """For each account its rows in the tables of OUTCOMES, each with its `outcome`; none for an account
        in no group."""
        places: dict[str, list[dict[str, Any]]] = {account: [] for account in accounts}
        for name in OUTCOMES:
            for row in as_rows(self.table(name, {"account": set(accounts)})):
                places[row["account"]].append({**row, "outcome": name})
        return places

    def texts(
        self,
        values: Iterable[str | None],
        accounts: Collection[str],
        held: Iterable[Mapping[str, Any]] | None = None,
    ) -> dict[str, str]:
        """The text behind those of the values that are ids of prompts, templates or sentences, as these
        accounts sent it; none where the case does not show that one of them did. `held`: their observations,
        where they have been read."""
        found = sent_texts(self.path, accounts, values, held=held)
        return {value: sent.text for value, sent in found.items()}

    def trace(self, observations: Iterable[str], accounts: Collection[str]) -> dict[str, Observation]:
        """Those of the accounts' observations that have one of these ids, each with the file and line of the
        row it comes from."""
        ids = set(observations)
        if not ids:
            return {}
        rows = as_rows(self.table("observations", {"account": set(accounts), "observation": ids}))
        sources = {(row["source"] or "").partition(":")[2] for row in rows} - {""}
        places = {row["row"]: row for row in as_rows(self.table("rows", {"row": sources}))} if sources else {}
        return {row["observation"]: _traced(row, places) for row in rows}

    def require(self, *accounts: str) -> None:
        """Raises CaseError for an account without an observation."""
        path = self.path / "observations.parquet"
        known = set(distinct(path, "account", {"account": set(accounts)}))
        for account in accounts:
            if account not in known:
                raise no_such_account(account, distinct(path, "account"), self.path)


LISTS = "which ids there are: linkage show CASE GROUP, or linkage who CASE TRAIT=VALUE"


def no_such_account(account: str, known: Sequence[str], case: Path) -> CaseError:
    """What to raise for an account that is not among those a case knows."""
    return CaseError(f"{account}: no such account in {case}", hint=_nearest(account, known, LISTS))


def _nearest(wanted: str, known: Sequence[str], else_see: str) -> str:
    near = difflib.get_close_matches(wanted, sorted(set(known)), n=3)
    return f"nearest: {', '.join(near)}" if near else f"see {else_see}"


def _traced(row: Mapping[str, Any], places: Mapping[str, Mapping[str, Any]]) -> Observation:
    place = places.get((row["source"] or "").partition(":")[2], {})
    wanted = ("account", "trait", "value", "family", "first_at", "last_at", "count")
    return Observation(**{name: row[name] for name in wanted}, file=place.get("file"), line=place.get("line"))
