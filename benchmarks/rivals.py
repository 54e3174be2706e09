"""Three simple ways to group accounts, on the observations that the main job made of the same sources.

They are handed more than they could make themselves: the tool's own derived traits (templates, sentences,
prefixes, bursts), of which they see exactly those that it weighs too. Each returns account → group, with the
tool's smallest group size. What they lack is what the comparison is about: a weight for rarity within
families (all but Splink), evidence against, declared units, and the gates.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.evidence.signals.registry import SIGNALS
from linkage.settings import Settings

RARE = 10
"""Holders up to which a shared value is called rare. Values on more accounts melt everything into one."""

UNCOMMON = 50
"""Holders up to which Splink's lists hold a value: what more accounts hold is in nearly everybody's list."""

CERTAIN = 0.95
"""Splink's threshold of match probability, as in its own documentation."""

LISTED = ("ip", "prefix", "client", "segment", "template", "prompt", "system_prompt")
"""Traits of which an account has several values; Splink compares how many two lists have in common."""

TRAITS = frozenset(each.rule.trait for each in SIGNALS if each.rule is not None)

IDENTIFIERS = frozenset(
    each.rule.trait for each in SIGNALS if each.rule is not None and each.strong and each.family != "content"
)
"""What can link by itself and is no text: addresses, devices, cards, telephone numbers. With texts and marks
of a crowd (a referrer, a client) both graphs melt into one: B³ precision 0.01 and 0.24 where this gives 0.88
and 0.92 (`mixed`, 3,000 accounts, seed 51). Each method is given what it does best with."""

Groups = dict[str, str]


@dataclass(frozen=True)
class Held:
    """Who holds what: for each trait and value the accounts, in order; and the names of all accounts."""

    accounts: list[str]
    values: dict[tuple[str, str], list[str]]

    def rare(self, traits: frozenset[str]) -> dict[tuple[str, str], list[str]]:
        """Values of these traits that at least two accounts and at most RARE hold."""
        chosen = ((value, who) for value, who in self.values.items() if value[0] in traits)
        return {value: who for value, who in chosen if 2 <= len(who) <= RARE}


def held(case: Path, accounts: Iterable[str]) -> Held:
    """The observations of a case, of the traits that the tool weighs too."""
    rows = pq.read_table(case / "observations.parquet", columns=["trait", "value", "account"])
    rows = rows.filter(pa.compute.is_in(rows["trait"], pa.array(sorted(TRAITS))))
    ordered = (
        rows.group_by(["trait", "value", "account"])
        .aggregate([])
        .sort_by([(name, "ascending") for name in ("trait", "value", "account")])
    )
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for trait, value, account in zip(*(ordered[c].to_pylist() for c in ordered.column_names), strict=True):
        values[trait, value].append(account)
    return Held(sorted(accounts), dict(values))


def sized(parts: Iterable[Iterable[str]], least: int) -> Groups:
    """account → group for the parts of at least so many accounts; a group bears its first account's name."""
    ordered = (sorted(part) for part in parts)
    return {account: part[0] for part in ordered if len(part) >= least for account in part}


# --- the three -----------------------------------------------------------------------------------


def components(known: Held, least: int) -> Groups:
    """Connected components of accounts that share any rare identifier."""
    home = {account: account for account in known.accounts}

    def root(account: str) -> str:
        while home[account] != account:
            home[account] = home[home[account]]
            account = home[account]
        return account

    for who in known.rare(IDENTIFIERS).values():
        for other in who[1:]:
            first, second = sorted((root(who[0]), root(other)))
            home[second] = first
    parts: dict[str, list[str]] = defaultdict(list)
    for account in known.accounts:
        parts[root(account)].append(account)
    return sized(parts.values(), least)


def louvain(known: Held, least: int) -> Groups:
    """Louvain communities of the graph whose edges count the rare identifiers that two accounts share."""
    import networkx as nx

    weight: dict[tuple[str, str], int] = defaultdict(int)
    for who in known.rare(IDENTIFIERS).values():
        for pair in combinations(who, 2):
            weight[pair] += 1
    graph = nx.Graph()
    graph.add_nodes_from(known.accounts)
    graph.add_weighted_edges_from((a, b, n) for (a, b), n in sorted(weight.items()))
    return sized(nx.community.louvain_communities(graph, weight="weight", seed=0), least)


def splink(known: Held, least: int) -> Groups:
    """Splink: a trained Fellegi–Sunter model, its pairs at or above CERTAIN joined to components.

    Any rare value proposes a pair; u comes from random pairs, m from expectation maximisation, the prior is
    the tool's. Cards and other single values weigh by their frequency, lists by how many values they share.
    """
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    table = records(known)
    if not any(part for part in table["rare"].to_pylist()):
        return {}
    share = Settings().links.operator_accounts / max(len(known.accounts), 1)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="account",
        comparisons=_comparisons(table.column_names),
        blocking_rules_to_generate_predictions=[block_on("rare", arrays_to_explode=["rare"])],
        probability_two_random_records_match=min(max(share * share, 1e-9), 0.5),
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    _train(linker, table)
    pairs = linker.inference.predict(threshold_match_probability=CERTAIN, warning_mode="never")
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=CERTAIN
    )
    rows = found.as_pyarrow_table()
    parts: dict[str, list[str]] = defaultdict(list)
    for cluster, account in zip(rows["cluster_id"].to_pylist(), rows["account"].to_pylist(), strict=True):
        parts[cluster].append(account)
    return sized(parts.values(), least)


# --- what Splink needs ---------------------------------------------------------------------------


def records(known: Held) -> pa.Table:
    """One row per account: lists of uncommon values, the first value of other traits, every rare value."""
    lists: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (trait, value), who in known.values.items():
        if 2 <= len(who) <= (UNCOMMON if trait in LISTED else len(known.accounts)):
            for account in who:
                lists[trait][account].append(value)
    for trait, value in known.rare(TRAITS):
        for account in known.values[trait, value]:
            lists["rare"][account].append(f"{trait}={value}")
    columns: dict[str, Any] = {"account": known.accounts}
    for trait, values in sorted(lists.items()):
        rows = [values.get(account, []) for account in known.accounts]
        whole = trait in LISTED or trait == "rare"
        columns[trait] = (
            pa.array(rows, pa.list_(pa.string()))
            if whole
            else pa.array([row[0] if row else None for row in rows], pa.string())
        )
    columns.setdefault("rare", pa.array([[]] * len(known.accounts), pa.list_(pa.string())))
    return pa.table(columns)


def _comparisons(names: Sequence[str]) -> list[Any]:
    import splink.comparison_library as compare

    traits = [name for name in names if name not in ("account", "rare")]
    return [
        compare.ArrayIntersectAtSizes(name, [3, 1])
        if name in LISTED
        else compare.ExactMatch(name).configure(term_frequency_adjustments=True)
        for name in traits
    ]


def _train(linker: Any, table: pa.Table) -> None:
    """m of every comparison, from pairs alike in one single value; one that no pair can train is left out."""
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    for name in ("fingerprint", "billing_hash", "phone_hash"):
        if name in table.column_names and table[name].null_count < table.num_rows:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(name), estimate_without_term_frequencies=True
                )
            except EMTrainingException:
                continue


# --- all of them ---------------------------------------------------------------------------------

RIVALS: Mapping[str, Callable[[Held, int], Groups]] = {
    "components over rare identifiers": components,
    "Louvain on rare identifiers": louvain,
    "Splink": splink,
}


def missing(name: str) -> str:
    """Why a method cannot run here; empty where it can."""
    library = {"Splink": "splink", "Louvain on rare identifiers": "networkx"}.get(name)
    if library and find_spec(library) is None:
        return f"{library} is not installed (the extra `benchmarks` brings it)"
    return ""
