"""Who holds what in a case: the columns of its observations that questions about accounts need."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from linkage.case import parquet
from linkage.case.column_codes import coded, distinct, distinct_numbers, held_by
from linkage.case.reader import CaseReader, no_such_account
from linkage.case.table import as_rows
from linkage.explain.conditions import Condition, require_traits
from linkage.explain.held_values import HeldValues, Value

COLUMNS = ("account", "trait", "value", "family", "first_at", "last_at", "count")


class Holdings:
    """The observations of a case, asked by account or by value."""

    def __init__(self, case: CaseReader) -> None:
        self.case, self.path = case, case.path / "observations.parquet"

    @cached_property
    def accounts(self) -> list[str]:
        """Every account with an observation, sorted."""
        return distinct(self.path, "account")

    @cached_property
    def traits(self) -> list[str]:
        """Every trait of which some account has a value, sorted."""
        return distinct(self.path, "trait")

    @cached_property
    def population(self) -> int:
        """Accounts of the case, those of which nothing was observed among them."""
        return int(self.case.run.get("population", {}).get("accounts", 0)) or len(self.accounts)

    @property
    def complete(self) -> bool:
        """Whether every observation of the run is in the table; one that a single account has may be left
        out."""
        made = self.case.run.get("population", {}).get("observations")
        with parquet.opened(self.path) as file:
            return made is None or file.metadata.num_rows >= int(made)

    def require(self, accounts: Iterable[str]) -> None:
        """Raises CaseError for an account that the case does not know, with the nearest ids."""
        known = set(self.accounts)
        for each in accounts:
            if each not in known:
                raise no_such_account(each, self.accounts, self.case.path)

    def of_accounts(
        self, accounts: Collection[str], columns: Sequence[str] = COLUMNS
    ) -> list[dict[str, Any]]:
        """The observations of some accounts, by account, trait and value: these columns, account, trait and
        value among them."""
        return self._rows({"account": accounts}, columns)

    def own(self, accounts: Collection[str]) -> tuple[HeldValues, dict[str, str]]:
        """All that some accounts hold, values sorted; and the family of each trait."""
        columns = ("account", "trait", "value", "family")
        account, trait, value, family = held_by(self.path, "account", sorted(accounts), columns).values()
        width = max(len(value.names), 1)
        keys, of = np.unique(trait.codes * width + value.codes, return_inverse=True)
        # Two tables may state one fact of one account.
        pairs = distinct_numbers(of.ravel() * np.int64(max(len(account.names), 1)) + account.codes)
        place, holder = np.divmod(pairs, max(len(account.names), 1))
        values = [(trait.names[key // width], value.names[key % width]) for key in keys.tolist()]
        own = distinct_numbers(trait.codes * len(family.names) + family.codes).tolist()
        families = {
            trait.names[key // len(family.names)]: family.names[key % len(family.names)] for key in own
        }
        return HeldValues(account.names, values, holder, place, self.population), families

    def traits_of(self, accounts: Collection[str], traits: Collection[str]) -> list[dict[str, Any]]:
        """Account, trait and value of some accounts' observations of some traits, sorted by all three."""
        return self._rows({"account": accounts, "trait": traits}, ("account", "trait", "value"))

    def values_of(
        self, accounts: Collection[str], among: Collection[str], *, but: Collection[str] = ()
    ) -> list[str]:
        """Which values of a list some of these accounts hold, sorted, those of the traits of `but` left
        out."""
        traits = set(self.traits) - set(but)
        return distinct(self.path, "value", {"account": accounts, "trait": traits, "value": among})

    def of_values(self, values: Collection[Value]) -> list[dict[str, Any]]:
        """The observations of some values, by account, trait and value; of COLUMNS."""
        wanted = set(values)
        where = {"trait": {trait for trait, _ in wanted}, "value": {value for _, value in wanted}}
        return [row for row in self._rows(where) if (row["trait"], row["value"]) in wanted] if wanted else []

    def meeting(self, conditions: Sequence[Condition]) -> list[list[Value]]:
        """For each condition the values of the case that meet it; raises CaseError for an unknown trait."""
        require_traits(conditions, self.traits, str(self.case.path))
        return [
            [(trait, value) for trait in each.traits for value in self._meeting(each)] for each in conditions
        ]

    def _meeting(self, condition: Condition) -> list[str]:
        if condition.network is None:
            # Whether anybody holds it shows when its holders are read.
            return [condition.value]
        return condition.among(distinct(self.path, "value", {"trait": set(condition.traits)}))

    def held(self, values: Sequence[Value]) -> HeldValues:
        """All holders of some values."""
        traits, texts = (sorted({each[part] for each in values}) for part in (0, 1))
        places = [{name: i for i, name in enumerate(names)} for names in (traits, texts)]
        keys = np.array([places[0][trait] * len(texts) + places[1][text] for trait, text in values], np.int64)
        order = np.argsort(keys)
        found = coded(self.path, "account", {"trait": traits, "value": texts})
        key = found.codes["trait"] * max(len(texts), 1) + found.codes["value"]
        at = np.minimum(np.searchsorted(keys[order], key), max(len(keys) - 1, 0))
        mine = keys[order][at] == key if len(keys) else np.zeros(len(key), bool)
        # Two tables may state one fact of one account.
        pairs = distinct_numbers(order[at[mine]] * np.int64(len(found.names)) + found.own[mine])
        value, account = np.divmod(pairs, max(len(found.names), 1))
        return HeldValues(found.names, values, account, value, self.population)

    def _rows(self, where: parquet.Where, columns: Sequence[str] = COLUMNS) -> list[dict[str, Any]]:
        rows = as_rows(parquet.read_encoded(self.path, where, columns))
        return sorted(rows, key=lambda row: (row["account"], row["trait"], row["value"]))
