"""What the database itself remembers of a push: which one, and how many of its batches it has.

The node of the case keeps this, and each batch changes it in its own transaction. So the ledger is neither
ahead of the data nor behind it, whatever is killed when, and goes where the database goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkage.errors import GraphError, UsageError

NO_BATCH = -1

# Writing a property takes the node's lock; what is read after that nobody else is changing.
CLAIM = """
MERGE (c:Case {case: $case, id: $case})
SET c.push_lock = true
WITH c, c.push_origin AS origin, c.run AS run, c.push_done AS done, c.push_sent AS sent,
     c.complete AS complete
REMOVE c.push_lock
SET c.push_origin = $origin, c.push_token = $token, c.run = $run,
    c.push_done = CASE WHEN run = $run AND NOT $again THEN coalesce(done, 0) ELSE 0 END,
    c.complete = coalesce(complete AND run = $run AND NOT $again, false)
RETURN origin, c.push_done AS done, CASE WHEN c.complete THEN sent END AS sent
"""

FENCE = """
MATCH (c:Case {case: $case, id: $case})
SET c.push_lock = true
WITH c, c.push_token AS token, c.push_done AS done
REMOVE c.push_lock
SET c.push_done = CASE WHEN token = $token AND done = $number THEN $number + 1 ELSE done END
RETURN token, done
"""

SETTLE = """
MATCH (c:Case {case: $case, id: $case})
WHERE c.push_token = $token
SET c.complete = $sent IS NOT NULL, c.push_sent = $sent,
    c.push_done = CASE WHEN $sent IS NULL THEN 0 ELSE c.push_done END
RETURN c.complete AS complete
"""


@dataclass(frozen=True)
class Plan:
    """One push: of which case, what it is made of, and who does it.

    `run` is the id of all that is sent: the same for the same case, options and program. `origin` tells one
    case folder from another of the same name; empty where that is not known. `token` is new for each attempt.
    """

    case: str
    run: str
    origin: str
    token: str


def claim(tx: Any, plan: Plan, *, again: bool) -> tuple[int, list[int] | None]:
    """Makes this push the one that may write the case.

    Returns how many of its batches are there, and once all are, the rows sent of each part. `again` forgets
    both. Raises UsageError where the database holds another case of that name.
    """
    row = tx.run(CLAIM, **vars(plan), again=again).single()
    if row["origin"] and plan.origin and row["origin"] != plan.origin:
        raise UsageError(
            f"the database holds another case called {plan.case}", hint="give this one a name with --name"
        )
    return row["done"], row["sent"]


def fence(tx: Any, plan: Plan, number: int = NO_BATCH) -> bool:
    """Counts batch `number` as done; False where it was, and then its rows are there.

    Nobody else can write the case until this transaction ends. Raises GraphError where another push took
    over.
    """
    row = tx.run(FENCE, **vars(plan), number=number).single()
    if row is None or row["token"] != plan.token:
        raise GraphError(
            f"another push of {plan.case} has taken over", hint="wait until it has ended, then push again"
        )
    return number in (NO_BATCH, row["done"])


def settle(tx: Any, plan: Plan, sent: Sequence[int] | None) -> None:
    """Notes that everything is there, with the rows sent of each part; or that the next push begins anew.

    Raises GraphError where another push took over.
    """
    fence(tx, plan)
    tx.run(SETTLE, **vars(plan), sent=sent).consume()
