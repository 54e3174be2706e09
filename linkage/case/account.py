"""Reads what a case holds about one account."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from linkage.case import parquet
from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.explain.account import AccountFacts, AccountView, account_view, other
from linkage.links.constraints import in_force

EXPLAINED_PAIRS = 20
"""Pairs of an account whose evidence is read, the strongest first."""

EVIDENCE = ("left", "right", "signal", "family", "value", "bits", "detail")


def about(case: CaseReader, account: str, *, pairs: int) -> AccountView:
    """One account, with the evidence of its strongest pairs; raises CaseError for an unknown one."""
    return account_view(facts_about(case, account, pairs=pairs), case.run)


def in_short(case: CaseReader, account: str, *, pairs: int, of_a_family: int) -> AccountView:
    """The same for a page that lists so many reasons of each family: only these come with their texts, which
    take as long to find as all the rest."""
    facts = facts_about(case, account, pairs=pairs, with_texts=False)
    view = account_view(facts, case.run)
    families = [list(own) for _, own in groupby(view.reasons, key=lambda each: each.family)]
    shown = {each.value for own in families for each in own[:of_a_family] if each.family == "content"}
    texts = case.texts(shown, {account}, facts.observations)
    return replace(
        view, reasons=tuple(replace(each, text=texts.get(each.value, each.text)) for each in view.reasons)
    )


def facts_about(case: CaseReader, account: str, *, pairs: int, with_texts: bool = True) -> AccountFacts:
    """The rows about one account, those of evidence of its strongest pairs only, and the texts behind them if
    they are wanted; raises CaseError for an unknown account."""
    known = Holdings(case)
    observations = known.of_accounts({account})
    links = _links(case, account)
    if not (observations or links):
        known.require([account])
    names = [other(row, account) for row in links]
    places = case.places({account, *names})
    group = next((row["group"] for row in places[account]), None)
    evidence = _evidence(case, account, names[:pairs])
    content = [row["value"] for row in evidence if row["family"] == "content"]
    return AccountFacts(
        account=account,
        observations=observations,
        links=links,
        evidence=evidence,
        texts=case.texts(content if with_texts else (), {account}, observations),
        places=places,
        members=len(case.members(group)) if group else 0,
        verdicts=in_force(case.verdicts()),
        detail=case.run.get("groups", {}).get(group, {}),
    )


def _links(case: CaseReader, account: str) -> list[dict[str, Any]]:
    """All its links, strongest first."""
    rows = [row for side in ("left", "right") for row in as_rows(case.table("links", {side: {account}}))]
    return sorted(rows, key=lambda row: (-row["log_odds"], other(row, account)))


def _evidence(case: CaseReader, account: str, partners: list[str]) -> list[dict[str, Any]]:
    """The evidence between it and these partners. Rows are in the order of `left`: few parts are read."""
    found: list[dict[str, Any]] = []
    after = {name for name in partners if name > account}
    for left, right in (({account}, after), (set(partners) - after, {account})):
        if left and right:
            where = {"left": left, "right": right}
            rows = parquet.read_encoded(case.path / "evidence.parquet", where, EVIDENCE, plain=("detail",))
            found += as_rows(rows)
    return found
