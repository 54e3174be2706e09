"""An open case: what its folder holds, and the answers about accounts."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from linkage.case import account, journal, notebook, parquet
from linkage.case.account import EXPLAINED_PAIRS
from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.explain.account import AccountView
from linkage.explain.explain import Explanation, Pair, explain
from linkage.explain.why_not import PairContext, WhyNot, why_not
from linkage.links import constraints as judge
from linkage.schema import OUTCOMES
from linkage.wording import many


class Case(CaseReader):
    """A case folder, opened for reading and for verdicts; raises CaseError when the folder is no case."""

    def __repr__(self) -> str:
        return f"<Case {self.path}: {many(len(self.findings), 'group')}>"

    def _repr_html_(self) -> str:
        return notebook.case_html(self)

    def account(self, account_id: str, *, pairs: int = EXPLAINED_PAIRS) -> AccountView:
        """One account: its group, its links, the reasons of so many of its strongest pairs, what speaks
        against; raises CaseError for an unknown one."""
        return account.about(self, account_id, pairs=pairs)

    def explain(self, a: str, b: str) -> Explanation:
        """Why two accounts are linked; raises CaseError for an account the case does not know."""
        left, right = judge.ordered(a, b)
        where = {"left": {left}, "right": {right}}
        links, evidence = as_rows(self.table("links", where)), as_rows(self.table("evidence", where))
        if not links:
            self.require(left, right)
        ids = {row[side] for row in evidence for side in ("left_observation", "right_observation")} - {None}
        places = self.places((left, right))
        homes = [{row["group"]: row["outcome"] for row in places[account]} for account in (left, right)]
        group = min(homes[0].keys() & homes[1].keys(), default=None)
        pair = Pair(
            left=left,
            right=right,
            link=links[0] if links else None,
            evidence=evidence,
            observations=self.trace(ids, (left, right)),
            group=group,
            outcome=homes[0][group] if group else None,
            verdict=self.constraints().of_pair(left, right) or (links[0]["verdict"] if links else None),
            held=self._held(left, right),
            texts=self.texts((row["value"] for row in evidence if row["family"] == "content"), (left, right)),
        )
        return explain(pair, self.run)

    def why_not(self, a: str, b: str) -> WhyNot:
        """What keeps two accounts apart; raises CaseError for an account the case does not know."""
        explanation = self.explain(a, b)
        left, right = explanation.left, explanation.right
        observations = self._observations(left, right)
        common = _values(observations[left]) & _values(observations[right])
        context = PairContext(observations, self._degrees(common), self.places((left, right)))
        population = {**self.run.get("population", {}), "accounts": Holdings(self).population}
        return why_not(explanation, context, {**self.run, "population": population})

    def judge(self, row: Mapping[str, Any], *, who: str = "") -> dict[str, Any]:
        """Add a verdict made by `judge.on_pair` or `on_group`, and an audit entry; returns it as written."""
        if "group" not in row:
            self.require(row["left"], row["right"])
        return journal.add_verdict(self.path, {"who": who or journal.user(), **row})

    def to_networkx(self) -> Any:
        """The links as a graph: nodes with group, membership, role, outcome; edges with log_odds, families.

        Only a node of outcome `groups` is in a reported group: another outcome is no finding.
        """
        import networkx

        graph = networkx.Graph()
        for name in reversed(OUTCOMES):
            for row in as_rows(self.table(name)):
                graph.add_node(row.pop("account"), **row, outcome=name)
        for row in as_rows(self.table("links")):
            graph.add_edge(row.pop("left"), row.pop("right"), **row)
        return graph

    def _observations(self, *accounts: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {account: [] for account in accounts}
        for row in as_rows(self.table("observations", {"account": set(accounts)})):
            found[row["account"]].append(row)
        return found

    def _held(self, *accounts: str) -> dict[str, list[dict[str, Any]]]:
        """Trait, value and family of each account's observations, which is quicker than all columns."""
        found: dict[str, list[dict[str, Any]]] = {account: [] for account in accounts}
        where, columns = {"account": set(accounts)}, ["account", "trait", "value", "family"]
        rows = parquet.read_encoded(self.path / "observations.parquet", where, columns)
        for row in as_rows(rows):
            found[row["account"]].append(row)
        return found

    def _degrees(self, values: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """How many accounts hold each of these values."""
        held = Holdings(self).held(sorted(values))
        return dict(zip(held.values, held.degrees.tolist(), strict=True))


def open_case(path: str | Path) -> Case:
    """A case made earlier; raises CaseError when the folder is none."""
    return Case(path)


def _values(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {(row["trait"], row["value"]) for row in rows}
