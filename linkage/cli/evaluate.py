"""evaluate: the groups of a case, scored against known operators."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.cli.open_case import open_case
from linkage.cli.screen.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import UNDEFINED
from linkage.errors import UsageError
from linkage.lab.evaluate import Evaluation, read_truth
from linkage.lab.evaluate import evaluate as score
from linkage.lab.interaction_scores import (
    KindScore,
    MessageScore,
    by_kind,
    by_message,
    read_kinds,
    read_sent,
    read_workload,
)
from linkage.lab.reported_bits import reported_bits


def evaluate(*, case: Path | None, files: Mapping[str, Path | None], output: Format, who: str) -> None:
    """Score the groups of a case. `files`: truth, and where given kinds of accounts and sent messages."""
    truth, kinds, messages = files["truth"], files["kinds"], files["messages"]
    if case is None or truth is None:
        raise UsageError(
            "a case and a truth file are needed",
            hint="linkage evaluate CASE --truth FILE, or linkage evaluate --curves OUT",
        )
    planted = read_truth(truth)
    kind_of = read_kinds(kinds) if kinds else None
    sent = read_sent(messages) if messages else None
    found = open_case(case, "evaluate", who, truth=str(truth))
    groups = {row["account"]: row["group"] for row in found.groups}
    measures = score(groups, planted, {row["account"] for row in found.unresolved})
    flagged = None if kind_of is None else by_kind(groups, planted, kind_of)
    workload = read_workload(case) if sent is not None else None
    attributed = None if sent is None or workload is None else by_message(workload, sent)
    if sent is not None and workload is None:
        say(f"{case} has no table of attributed interactions: messages are not scored")
    if output is Format.table:
        show(*_page(measures, flagged, attributed))
        return
    prior = float(found.run.get("scoring", {}).get("prior_bits", 0.0))
    bits = {str(row["group"]): float(row["log_odds"]) - prior for row in found.findings}
    extra = {
        "reported_bits": reported_bits(groups, bits, planted),
        "inputs": [each["sha256"] for each in found.run.get("inputs", ())],
        "settings_digest": found.run.get("settings_digest"),
        **({} if flagged is None else {"flagged_by_kind": [vars(each) for each in flagged]}),
        **({} if attributed is None else {"messages": vars(attributed)}),
    }
    plain = {**measures.to_dict(), **extra}
    if output is Format.json:
        emit(output, [plain], **plain)
    else:
        emit(output, [plain])


def _page(
    measures: Evaluation, flagged: Sequence[KindScore] | None, attributed: MessageScore | None
) -> list[Any]:
    parts = [heading("Groups compared with known operators"), _measures(measures.rows())]
    operators = measures.operator_rows()
    if operators:
        body = [[figure(value) for value in row.values()] for row in operators]
        table = rows(list(operators[0]), body, right="accounts recall precision")
        parts += [heading("By operator"), indented(table)]
    if flagged:
        body = [[figure(value) for value in vars(each).values()] for each in flagged]
        table = rows(list(vars(flagged[0])), body, right="accounts flagged flagged_per_1000")
        parts += [heading("Flagged innocent accounts by kind"), indented(table)]
    if attributed is not None:
        parts += [heading("Attributed interactions"), _measures(attributed.rows())]
    return [
        *parts,
        text(""),
        text("Read these measures together: no single one shows how good the groups are.", FAINT),
    ]


def _measures(given: Sequence[dict[str, object]]) -> Any:
    plain = [(row["measure"], figure(row["value"])) for row in given]
    return indented(rows(("measure", "value"), plain, right="value"))


def figure(value: object) -> str:
    """A measure for a person."""
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
