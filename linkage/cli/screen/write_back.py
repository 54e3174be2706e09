"""What was written back into a Neo4j database, in a line."""

from typing import Any

from linkage.wording import many


def write_back_line(done: Any) -> str:
    """Groups loaded, and how many of the database's own account nodes they are tied to."""
    groups, tied = done.pushed.sent["OperatorGroup"], done.attached
    line = f"{many(groups, 'group is', 'groups are')} in {done.to} as case {done.pushed.plan.case}"
    if tied is None:
        return line
    lost = f"; {many(tied.missing, 'account is', 'accounts are')} no longer there" if tied.missing else ""
    return f"{line}, connected to {tied.found:,} of its own account nodes{lost}"
