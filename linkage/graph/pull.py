"""Verdicts that people set in Neo4j, taken over into the case: composition of the case folder and `graph`."""

from dataclasses import dataclass
from typing import Any

from linkage.case import Case
from linkage.errors import UsageError, command
from linkage.graph import verdicts
from linkage.graph.connection import Connection, open_driver, translated_errors
from linkage.graph.verdicts import Verdict
from linkage.links import constraints


@dataclass(frozen=True)
class Pulled:
    """Verdicts taken over, as rows of verdicts.ndjson, and those that were not, each with the reason."""

    taken: list[dict[str, Any]]
    left: list[tuple[Verdict, str]]


def pulled(case: Case, to: Connection, name: str) -> Pulled:
    """Take over the verdicts that people set in the database; asking again takes none twice."""
    with open_driver(to) as driver, translated_errors(to), driver.session(database=to.database) as session:
        found = verdicts.unknown(session, name, _standing(case))
    result = Pulled([], [])
    for each in found:
        others = {other.verdict for other in found if other.about == each.about}
        try:
            if len(others) > 1:
                raise UsageError(f"two verdicts at once: {', '.join(sorted(others))}")
            result.taken.append(case.judge(_row(case, each), who=each.who or f"{to.user} in Neo4j"))
        except UsageError as error:
            result.left.append((each, str(error)))
    return result


def nothing_lost(session: Any, case: Case, name: str) -> None:
    """Raises UsageError where the database holds verdicts that the case could take over and has not."""
    waiting = [each for each in verdicts.unknown(session, name, _standing(case)) if _fits(case, each)]
    if waiting:
        raise UsageError(
            f"verdicts set in Neo4j that the case {name} does not know yet: {len(waiting)}",
            hint=command("linkage", "neo4j", "pull", case.path),
        )


def in_force(case: Case) -> list[dict[str, Any]]:
    """The verdict in force on each pair and each group."""
    return constraints.in_force(case.verdicts())


def _standing(case: Case) -> dict[str | tuple[str, str], str]:
    """The last verdict on each group and each pair: a withdrawn one, too, for it may still stand in the
    database, and is no news there."""
    return {
        row["group"] if row.get("group") else (row["left"], row["right"]): row.get(
            "withdraws", row["verdict"]
        )
        for row in constraints.last_rows(case.verdicts())
    }


def _fits(case: Case, each: Verdict) -> bool:
    try:
        _row(case, each)
    except UsageError:
        return False
    return True


def _row(case: Case, each: Verdict) -> dict[str, Any]:
    """The verdict as a row of the case; a group that the last run no longer has keeps the members it had."""
    if not isinstance(each.about, str):
        return constraints.on_pair(each.verdict, *each.about, each.reason)
    try:
        members = [row["account"] for row in case.members(each.about)]
    except UsageError:
        if not each.accounts:
            raise
        members = list(each.accounts)
    return constraints.on_group(each.verdict, each.about, members, each.reason)
