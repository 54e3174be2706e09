"""Whether what a question is told is there: a misspelt case, group or account is an error, no empty answer.

That an account is not loaded is said as such, with the command that asks the case itself.
"""

import difflib
from collections.abc import Mapping
from typing import Any

from neo4j import READ_ACCESS, Driver

from linkage.errors import CaseError, command
from linkage.graph.questions import Question

NAMES = 20_000
"""Names among which the nearest is looked for."""

CASE = (
    "MATCH (c:Case {case: $case, id: $case})"
    " RETURN c.accounts AS accounts, c.accounts_loaded AS loaded, c.everything AS everything"
)
CASES = "MATCH (c:Case) RETURN c.id AS name ORDER BY name LIMIT 100"

LABELS = {"group": "OperatorGroup", "account": "Account", "other": "Account", "prompt": "PromptEmbedding"}
"""Parameters of the saved questions that name something, and what."""

WORDS = {"OperatorGroup": "reported group", "Account": "account", "PromptEmbedding": "prompt"}

UNREPORTED = "MATCH (u:UnreportedGroup {case: $case, id: $name}) RETURN u.outcome AS outcome"


def require(driver: Driver, database: str, question: Question, values: Mapping[str, str | int]) -> None:
    """Raises CaseError for a case that is not in the database, and for what a saved question names and the
    case there does not hold."""
    case = values.get("case")
    if not isinstance(case, str):
        return
    with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        found = session.run(CASE, case=case).data()
        if not found:
            known = [row["name"] for row in session.run(CASES)]
            raise CaseError(f"no case is called {case}", hint=f"cases there: {', '.join(known) or 'none'}")
        for name in [each.name for each in question.parameters if question.saved]:
            if name in LABELS:
                _require(session, LABELS[name], case, str(values[name]), found[0])
        if question.saved and "accounts" in values:
            for each in str(values["accounts"]).split():
                _require(session, "Account", case, each, found[0])


def _require(session: Any, label: str, case: str, name: str, loaded: Mapping[str, Any]) -> None:
    if session.run(
        f"MATCH (n:{label} {{case: $case, id: $name}}) RETURN 1 AS one", case=case, name=name
    ).data():
        return
    if label == "OperatorGroup" and (outcome := session.run(UNREPORTED, case=case, name=name).data()):
        raise CaseError(
            f"{name} is {outcome[0]['outcome']}: it is not reported, and this question is about reported"
            " groups",
            hint=command("linkage", "show", "CASE", name),
        )
    raise CaseError(_missing(label, case, name, loaded), hint=_hint(session, label, case, name, loaded))


def _missing(label: str, case: str, name: str, loaded: Mapping[str, Any]) -> str:
    if label == "OperatorGroup" or loaded["everything"]:
        return f"{name}: no such {WORDS[label]} in case {case}"
    part = "only groups and their neighbourhood are"
    if label == "Account":
        part += f", {loaded['loaded']:,} of {loaded['accounts']:,} accounts"
    return f"{name}: no such {WORDS[label]} is loaded of case {case}; {part}"


def _hint(session: Any, label: str, case: str, name: str, loaded: Mapping[str, Any]) -> str:
    text = (
        f"MATCH (n:{label} {{case: $case}}) WHERE n.id IS NOT NULL RETURN n.id AS id ORDER BY id LIMIT $most"
    )
    known = [row["id"] for row in session.run(text, case=case, most=NAMES)]
    near = difflib.get_close_matches(name, known, n=3)
    said = [f"nearest: {', '.join(near)}"] if near else []
    if label == "OperatorGroup":
        said = said or ["linkage neo4j query largest-groups"]
    elif label == "Account" and not loaded["everything"]:
        said.append(f"or ask the case: {command('linkage', 'account', 'CASE', name)}")
    return "; ".join(said) or "linkage neo4j query group-accounts"
