"""Reads who holds the values of a group, or values that a person names: whom it hits if they are blocked."""

from collections.abc import Collection, Sequence

from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.explain.collateral import BLOCKABLE, Collateral
from linkage.explain.conditions import condition
from linkage.schema import OUTCOMES


def is_group(case: CaseReader, name: str) -> bool:
    """Whether the case has a group of this id, of any outcome."""
    return any(case.table(outcome, {"group": {name}}).num_rows for outcome in OUTCOMES)


def of_group(case: CaseReader, group: str, traits: Collection[str] = BLOCKABLE) -> Collateral:
    """A group beside all other holders of its values; raises CaseError for an unknown group."""
    members = [row["account"] for row in case.members(group)]
    known = Holdings(case)
    rows = known.traits_of(members, traits)
    values = sorted({(row["trait"], row["value"]) for row in rows})
    return Collateral(known.held(values), members, outcomes(case))


def of_values(case: CaseReader, texts: Sequence[str]) -> Collateral:
    """All holders of the values that conditions name; raises CaseError for an unknown trait."""
    known = Holdings(case)
    asked = [condition(each, known.traits) for each in texts]
    values = sorted({value for each in known.meeting(asked) for value in each})
    return Collateral(known.held(values), (), outcomes(case))


def outcomes(case: CaseReader) -> dict[str, str]:
    """What became of each account that is in a group."""
    return {
        account: name
        for name in reversed(OUTCOMES)
        for account in case.table(name).column("account").to_pylist()
    }
