"""judge: the verdict of a person."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.case import Case
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say
from linkage.errors import UsageError, command
from linkage.links import constraints as verdicts


def judge(*, case: Path, chosen: Mapping[str, Any], reason: str, output: Format, who: str) -> None:
    """Record one verdict, or withdraw one."""
    given = {verdict: about for verdict, about in chosen.items() if about is not None}
    if len(given) != 1:
        raise UsageError(
            f"exactly one verdict is needed, {len(given)} given",
            hint="one of --linked A B, --not-linked A B, --confirm GROUP, --dismiss GROUP, --withdraw N",
        )
    found = Case(case)
    verdict, about = next(iter(given.items()))
    row = found.judge(_row(found, verdict, about, reason), who=who)
    if output is not Format.table:
        emit(output, [row])
    else:
        subject = row.get("group") or f"{row['left']} and {row['right']}"
        print(f"verdict {row['seq']}: {safe(subject)}: {row['verdict']} ({safe(row['reason'])})")
    _after(found, case)


def _row(case: Case, verdict: str, about: Any, reason: str) -> dict[str, Any]:
    if verdict == verdicts.WITHDRAWN:
        return verdicts.withdrawal(about, case.verdicts(), reason)
    if isinstance(about, str):
        members = [row["account"] for row in case.members(about)]
        return verdicts.on_group(verdict, about, members, reason)
    left, right = about
    return verdicts.on_pair(verdict, left, right, reason)


def _after(case: Case, folder: Path) -> None:
    for left, right in verdicts.contradictions(case.constraints()):
        say(
            f"warning: {left} and {right} have the verdict not linked, but other verdicts link them through "
            "other accounts; change one of these verdicts"
        )
    again = command("linkage", "investigate", "SOURCE", "--case", folder)
    say(f"next: {again} (the next run keeps to the verdict)")
