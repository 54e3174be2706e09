"""A view in the terms of CASE and UCO: what it says, and that the published ontologies allow it.

`case_terms.json` has of CASE 1.5.0 with the UCO it stands on (Apache-2.0, caseontology.org) the classes that
views use and those above them, each with its properties: how often they may be there, and what they are of.
That is held for every view. What the shapes of the ontologies say beyond that is checked where the
package case-utils is installed, which has them and a validator of SHACL.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.policy import read_policy
from tests import made_case
from tests.bundle.made import GROUP, OPEN, World, unpacked, world
from tests.bundle.whole import Whole, named_in

FILE = "data/case.jsonld"
TERMS: dict[str, Any] = json.loads(Path(__file__).with_name("case_terms.json").read_text("utf-8"))
UUID = re.compile("kb:[a-z]+-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LITERALS = {
    "xsd:string": r"(?s).*",
    "xsd:integer": r"[0-9]+",
    "xsd:hexBinary": r"([0-9a-f]{2})+",
    "xsd:dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
}
Node = dict[str, Any]


def read(path: Path) -> Node:
    found: Node = json.loads(unpacked(path)[FILE])
    return found


def nodes(value: Any) -> Iterator[Node]:
    """Every object, those inside others among them; no references and no typed values."""
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)
    elif isinstance(value, dict):
        if "@type" in value and "@value" not in value:
            yield value
        for each in value.values():
            yield from nodes(each)


def above(kind: str) -> set[str]:
    """A class and those that it is under."""
    return {kind}.union(*(above(each) for each in TERMS.get(kind, {"under": []})["under"]))


def faults(graph: list[Node]) -> list[str]:
    """What the ontologies do not allow, in words."""
    every = list(nodes(graph))
    kinds = {node["@id"]: node["@type"] for node in every}
    found = [f"{node['@id']}: no identifier of its own" for node in every if not UUID.fullmatch(node["@id"])]
    found += ["two objects of one identifier"] * (len(every) - len(kinds))
    for node in every:
        if node["@type"] not in TERMS:
            found.append(f"{node['@type']}: no such class")
            continue
        terms: dict[str, Node] = {}
        for kind in above(node["@type"]):
            for term, rule in TERMS[kind]["terms"].items():
                terms[term] = {**terms.get(term, {}), **rule}
        found += [f"{node['@type']}: no property {term}" for term in node.keys() - terms - {"@id", "@type"}]
        for term, rule in terms.items():
            found += [f"{node['@type']}: {term} {why}" for why in broken(node.get(term, []), rule, kinds)]
    return found


def broken(said: Any, rule: Node, kinds: dict[str, str]) -> Iterator[str]:
    values = said if isinstance(said, list) else [said]
    if not rule.get("least", 0) <= len(values) <= rule.get("most", len(values)):
        yield f"{len(values)} times"
    for value in values:
        kind = rule.get("is", "xsd:string")
        if kind in LITERALS:
            text = value["@value"] if isinstance(value, dict) else value
            own = (
                value["@type"]
                if isinstance(value, dict)
                else "xsd:integer"
                if type(value) is int
                else "xsd:string"
            )
            if own != kind or not re.fullmatch(LITERALS[kind], str(text)):
                yield f"is no {kind}: {text}"
            if "value" in rule and text != rule["value"]:
                yield f"is not {rule['value']}"
        elif value.get("@id") not in kinds or kind not in above(kinds[value["@id"]]):
            yield f"is no {kind}"


VIEWS = ("court", "internal", "partner", "public")


@pytest.fixture(scope="module", params=VIEWS)
def view(request: pytest.FixtureRequest, sealed: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("case") / "view.zip"
    sealed.create(out, policy=replace(read_policy(request.param), min_k=2), recipient=request.param)
    return out


def test_every_view_keeps_to_the_published_terms(view: Path) -> None:
    found = read(view)
    assert faults(found["@graph"]) == []
    used = {term.partition(":")[0] for node in nodes(found["@graph"]) for term in (*node, node["@type"])}
    assert used - {"@id", "@type"} <= found["@context"].keys()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda node: node.update({"@type": "uco-core:Group"}), "no such class"),
        (lambda node: node.update({"uco-core:colour": "red"}), "no property uco-core:colour"),
        (lambda node: node.update({"uco-core:name": ["a", "b"]}), "uco-core:name 2 times"),
        (lambda node: node.update({"uco-core:name": 5}), "is no xsd:string"),
        (lambda node: node.update({"uco-core:objectMarking": [{"@id": "kb:none"}]}), "Abstraction"),
        (lambda node: node.update({"@id": "kb:group"}), "no identifier of its own"),
    ],
)
def test_what_the_ontologies_do_not_allow_is_told(change: Any, fault: str, court: Path) -> None:
    graph = read(court)["@graph"]
    change(next(node for node in graph if node["@type"] == "uco-core:Grouping"))
    assert any(fault in each for each in faults(graph))


@pytest.mark.optional
@pytest.mark.needs("case_utils")
def test_the_published_shapes_hold(view: Path, tmp_path: Path) -> None:
    (tmp_path / "view.jsonld").write_bytes(unpacked(view)[FILE])
    validate = "from case_utils.case_validate import main; main()"
    command = [sys.executable, "-c", validate, "--built-version", "case-1.5.0", str(tmp_path / "view.jsonld")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_and_acts_are_those_of_seal_and_receipt(sealed: World, court: Path) -> None:
    graph, found = read(court)["@graph"], sealed.verify(court)
    kinds = {node["@id"]: node for node in nodes(graph)}
    digests = {
        node["uco-core:name"]: hashed["uco-types:hashValue"]["@value"]
        for node in graph
        if node["@type"] == "uco-observable:File"
        for hashed in nodes(node)
        if hashed["@type"] == "uco-types:Hash"
    }
    assert digests["data/seal/SEAL.txt"] == found.view["seal"]
    assert digests["data/seal/commitments.txt"] == found.seal["commitments-sha256"]
    assert digests["run.json"] == found.seal["run-sha256"]
    outputs = found.opened.small["run/outputs"]
    assert outputs and {name: row["sha256"] for name, row in outputs.items()}.items() <= digests.items()
    acts = {each["uco-core:name"]: each for each in graph if each["@type"].endswith("InvestigativeAction")}
    assert list(acts) == ["investigate", "seal", "export"]
    assert acts["seal"]["uco-action:endTime"]["@value"] == found.seal["declared"]
    assert acts["export"]["uco-action:endTime"]["@value"] == found.view["exported"]
    (recipient,) = acts["export"]["uco-action:participant"]
    assert kinds[recipient["@id"]]["uco-core:name"] == found.view["recipient"]


def statements(graph: list[Node], group: str) -> list[tuple[str, str]]:
    """Tag and statement of what is said of a group, in order."""
    own = next(each["@id"] for each in graph if each.get("uco-core:name") == group)
    return [
        (each["uco-core:tag"], each["uco-core:statement"])
        for each in graph
        if each["@type"] == "uco-core:Annotation" and each["uco-core:object"] == [{"@id": own}]
    ]


def test_a_group_has_its_claims_and_before_them_what_speaks_against(sealed: World, court: Path) -> None:
    graph, small = read(court)["@graph"], sealed.verify(court).opened.small
    said = statements(graph, GROUP)
    claims = [value for path, value in small.items() if path.startswith("claim/") and value["group"] == GROUP]
    assert len([tag for tag, _ in said if tag == "claim"]) == len(claims) > 0
    assert all(any(each["says"] in text and each["value"] in text for _, text in said) for each in claims)
    points = [text for tag, text in said if tag == "counter-evidence"]
    assert len(points) == small[f"against/{GROUP}/count"] and [tag for tag, _ in said[: len(points)]] == [
        "counter-evidence"
    ] * len(points)


def standing(path: Path, group: str) -> list[str]:
    (said,) = [
        each["uco-core:description"] for each in read(path)["@graph"] if each.get("uco-core:name") == group
    ]
    return list(said)


def test_an_unresolved_group_is_called_no_finding(tmp_path: Path) -> None:
    run = made_case.unresolved_receipt() | {"seed": 7, "versions": {"linkage": "0.1.0"}}
    own = world(tmp_path, run=run, tables=made_case.unresolved_tables())
    own.create(tmp_path / "a.zip", groups=[OPEN], override="asked for by the court")
    (said,) = standing(tmp_path / "a.zip", OPEN)
    assert said.startswith("no finding") and "nobody in it is accused" in said


def test_what_a_person_decided_comes_first(confirmed: Whole, tmp_path: Path) -> None:
    out = confirmed.bundle(tmp_path / "a.zip", read_policy("court"))
    first, taken = standing(out, named_in(out))
    assert first.startswith("A PERSON DECIDED") and "would not be reported" in first
    assert "inference from coincidences" in taken


def test_two_recipients_have_no_identifier_in_common(sealed: World, court: Path, tmp_path: Path) -> None:
    sealed.create(tmp_path / "a.zip", recipient="another court")
    one, other = (
        {node["@id"] for node in nodes(read(path)["@graph"])} for path in (court, tmp_path / "a.zip")
    )
    assert one and not one & other


def test_a_view_that_names_nobody_names_nobody_here(sealed: World, tmp_path: Path) -> None:
    sealed.create(tmp_path / "a.zip", policy=replace(read_policy("public"), min_k=2), recipient="everybody")
    content = unpacked(tmp_path / "a.zip")[FILE].decode("ascii")
    assert not [name for name in (*made_case.OPERATOR, *made_case.FAMILY) if name in content]
