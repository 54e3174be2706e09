"""linkage neo4j query, queries and guide as a person types them, and the links under findings."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import yaml

from linkage.cli.app import run
from linkage.cli.neo4j.answer import answer_page, cell
from linkage.cli.screen.layout import show
from linkage.graph.connected_databases import FILE
from linkage.graph.connection import connection
from linkage.graph.query_safety import refusal
from linkage.graph.questions import questions
from tests.graph import made
from tests.graph.loaded_fixture import NAME, Loaded
from tests.neo4j_server import ROOT, Server

CASE = f"case={NAME}"


@pytest.fixture
def server(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, named by the environment."""
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    return neo4j_server


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is not there."""
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:9")
    monkeypatch.setenv("NEO4J_PASSWORD", "x")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """What a command printed on stdout and on stderr."""
    capsys.readouterr()
    assert run(list(arguments)) == code
    told = capsys.readouterr()
    return told.out, told.err


# --- query -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("server")
def test_rows_for_a_program_are_the_same_in_each_form(
    loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("neo4j", "query", "largest-groups", "--param", CASE, "--output")
    whole = json.loads(printed(capsys, *asked, "json")[0])
    lines = [json.loads(line) for line in printed(capsys, *asked, "ndjson")[0].splitlines()]
    table = list(csv.DictReader(io.StringIO(printed(capsys, *asked, "csv")[0])))
    assert whole["question"] == "largest-groups" and whole["parameters"] == {"case": NAME}
    assert whole["columns"] == list(questions()["largest-groups"].columns) == list(table[0])
    assert whole["rows"] == lines
    assert [row["group"] for row in table] == [row["group"] for row in lines]
    assert {row["group"] for row in lines} == {row["group"] for row in loaded.rows("findings")}


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("columns", ["60", "100", "300"])
def test_nothing_is_cut_from_an_answer_on_the_screen(
    loaded: Loaded, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out, err = printed(capsys, "neo4j", "query", "largest-groups", "--param", CASE)
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= int(columns)
    words = " ".join(out.split())
    for row in loaded.rows("findings"):
        assert str(row["group"]) in out
        if columns != "300":
            assert str(row["summary"]) in words
    assert "3 rows" in err and "in Neo4j Browser: http://" in err


def test_an_answer_is_a_table_where_it_fits(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "a", "count": 5, "told": ["one sentence", "another one"], "not": None}]
    columns = ["name", "count", "told", "not"]
    show(*answer_page(columns, rows, 100))
    narrow, wide = capsys.readouterr().out, ["name   count", "a          5", "one sentence, another one"]
    assert all(each in narrow for each in wide)
    show(*answer_page(columns, rows, 30))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines == ["1 of 1", "name  a", "count 5", "told  one sentence", "another one"]


def test_text_from_data_does_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "x\x1b[2J\u202e\n[bold]y"
    for width in (200, 20):
        show(
            *answer_page(
                ["a", hostile], [{"a": [hostile, "b c"], hostile: {"labels": [], "properties": {}}}], width
            )
        )
        out = capsys.readouterr().out
        assert "\x1b" not in out and "\u202e" not in out
        assert r"\u{1b}[2J" in out.replace("\n", "")


def test_a_thing_is_called_by_its_key() -> None:
    node = {"labels": ["IP"], "properties": {"accounts": 2, "address": "10.0.0.1"}}
    step = {"type": "USED_IP", "properties": {}}
    assert cell([node, step, node]) == "IP 10.0.0.1 —USED_IP— IP 10.0.0.1"
    assert [cell(each) for each in (None, True, 0.123456, 7)] == ["", "yes", "0.1235", "7"]


@pytest.mark.usefixtures("server")
def test_a_question_of_ones_own(loaded: Loaded, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.cypher"
    own.write_text("MATCH (a:Account {case: $case}) RETURN count(a) AS accounts, 0.0 / 0.0 AS none LIMIT 1")
    out, _ = printed(capsys, "neo4j", "query", str(own), "--param", CASE, "--output", "ndjson")
    [row] = [json.loads(line) for line in out.splitlines()]
    assert row["accounts"] > 0 and row["none"] is None
    own.write_text("MATCH (a:Account) SET a.x = 1 RETURN a LIMIT 1")
    _, err = printed(capsys, "neo4j", "query", str(own), code=3)
    assert "SET is not allowed" in err
    own.write_text("MATCH (a:Account RETURN a LIMIT 1")
    _, err = printed(capsys, "neo4j", "query", str(own), code=4)
    assert "Invalid input" in err and "Traceback" not in err


@pytest.mark.usefixtures("server", "loaded")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-question"], "no question is called no-such-question"),
        (["group-cards", "--param", CASE], "needs parameters: group"),
        (["group-cards", "--param", "gruop=x"], "group-cards takes case, group"),
        (["group-cards", "--param", "group"], "written as name=value"),
    ],
)
def test_a_slip_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    assert told in printed(capsys, "neo4j", "query", *arguments, code=2)[1]


@pytest.mark.usefixtures("server")
def test_a_name_that_is_not_there_is_an_error(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty answer would read as “nobody”."""
    reported = str(loaded.rows("findings")[0]["group"])
    [explained] = {str(row["group"]) for row in loaded.rows("explained")[:1]}
    members = {str(row["account"]) for row in loaded.rows("groups")}
    for asked, told in (
        (["largest-groups", "case=no such"], ["no case is called no such", NAME]),
        (["group-cards", CASE, f"group={reported[:-1]}"], ["no such reported group", f"nearest: {reported}"]),
        (["group-cards", CASE, f"group={explained}"], [f"{explained} is explained: it is not reported"]),
        (["account", CASE, "account=nobody"], ["no such account is loaded", "linkage account CASE nobody"]),
        (["in-common", CASE, f"accounts={min(members)} nobody"], ["nobody: no such account is loaded"]),
        (["prompts-like-this", CASE, "prompt=none"], ["none: no such prompt is loaded"]),
    ):
        parameters = [word for each in asked[1:] for word in ("--param", each)]
        out, err = printed(capsys, "neo4j", "query", asked[0], *parameters, code=2)
        assert out == "" and all(each in err for each in told), err


@pytest.mark.usefixtures("server")
def test_an_empty_value_is_said_to_be_not_loaded(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("neo4j", "query", "who-else-address", "--param", CASE, "--param", "value=192.0.2.1")
    out, _ = printed(capsys, *asked)
    words = " ".join(out.split())
    assert "only groups and their neighbourhood are" in words and "linkage who CASE 'ip=192.0.2.1'" in words


@pytest.mark.usefixtures("nowhere")
def test_a_server_that_is_away_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = printed(capsys, "neo4j", "query", "cases", code=4)
    assert out == "" and "bolt://127.0.0.1:9" in err and "next:" in err


@pytest.mark.usefixtures("server", "loaded")
def test_the_query_itself_can_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "x' RETURN 1 //"
    out, _ = printed(
        capsys, "neo4j", "query", "group-cards", "--cypher", "--param", CASE, "--param", f"group={hostile}"
    )
    assert r"'x\' RETURN 1 //'" in out and "$" not in out and refusal(out) == ""


# --- queries, guide --------------------------------------------------------------------------------


@pytest.mark.usefixtures("nowhere")
def test_the_questions_are_listed_and_packed_without_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = printed(capsys, "neo4j", "queries")
    assert all(each.name in out and each.title[:20] in out for each in questions().values())
    assert printed(capsys, "neo4j", "query")[0] == out
    files = [tmp_path / name for name in ("one.zip", "other.zip")]
    for file in files:
        printed(capsys, "neo4j", "queries", "--zip", str(file))
    assert files[0].read_bytes() == files[1].read_bytes()
    with zipfile.ZipFile(files[0]) as packed:
        assert packed.testzip() is None
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    assert texts == {f"{each.category}/{each.name}.cypher": each.text for each in questions().values()}
    printed(capsys, "neo4j", "queries", "--zip", str(tmp_path / "none" / "a.zip"), code=2)


@pytest.mark.usefixtures("server", "loaded")
def test_the_guide_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "neo4j", "guide", "--case", NAME, "--out", str(tmp_path / "out"))
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"guide.html", "guide.adoc", "linkage.grass", "questions.zip"}
    assert "linkage\\'s tests" in (tmp_path / "out" / "guide.adoc").read_text("utf-8")
    _, err = printed(capsys, "neo4j", "guide", "--case", "no such", code=2)
    assert "no case is called no such" in err


# --- the links under findings ----------------------------------------------------------------------


def links(err: str) -> list[str]:
    """The links into Browser that were printed."""
    return re.findall(r"^in Neo4j Browser: (\S+)$", err, re.MULTILINE)


def test_findings_of_a_pushed_case_end_with_a_link(
    neo4j_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in neo4j_server.environment:
        monkeypatch.delenv(name, raising=False)
    case = made.case(tmp_path / "it's a case").path
    a, b = made.MEMBERS[:2]
    verbs = [["groups", str(case)], ["show", str(case), made.GROUP], ["explain", str(case), b, a]]
    for verb in verbs:
        assert links(printed(capsys, *verb)[1]) == [], "never pushed"
    trace(case, browser="http://127.0.0.1:7474/browser/")
    found = [links(printed(capsys, *verb)[1]) for verb in verbs]
    texts = [parse_qs(urlsplit(each).query)["arg"][0] for [each] in found]
    assert all(r"{case: 'it\'s'" in text or r"case: 'it\'s'" in text for text in texts)
    assert f"'{made.GROUP}'" in texts[1] and ":config autoComplete: false" in texts[1]
    assert f"'{a}'" in texts[2] and f"'{b}'" in texts[2]
    for verb in (["groups", str(case), "--explained"], ["show", str(case), made.EXPLAINED]):
        assert links(printed(capsys, *verb)[1]) == [], "accuses nobody"
    stranger = ["explain", str(case), made.APART[0], made.APART[1]]
    assert links(printed(capsys, *stranger)[1]) == [], "perhaps not loaded"
    assert links(printed(capsys, "groups", str(case), "--output", "json")[1]) == []


def test_a_terminal_shows_links_as_short_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """OSC 8: the address is in the escape code, its end before the text, and beside it that of the style."""
    case = made.case(tmp_path / "case").path
    trace(case, browser="http://127.0.0.1:7474/browser/")
    monkeypatch.setenv("LINKAGE_NEO4J_HOME", str(tmp_path))
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    shown = r"\x1b\]8;;(http://[!-~]+)\x1b\\([^\x1b]+)\x1b\]8;;\x1b\\"
    err = printed(capsys, "show", str(case), made.GROUP)[1]
    links = {text: parse_qs(urlsplit(address).query)["arg"][0] for address, text in re.findall(shown, err)}
    assert set(links) == {questions()["group-at-a-glance"].title, "style"}
    assert links["style"].startswith(':style {"node":') and "OperatorGroup" in links["style"]
    server_file(tmp_path, mode=0o600, browser="http://127.0.0.1:7474/browser/")
    assert "style" not in printed(capsys, "show", str(case), made.GROUP)[1], "our own server styles by itself"
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    assert "\x1b" not in printed(capsys, "show", str(case), made.GROUP)[1]


def trace(case: Path, **changes: object) -> None:
    """What a push leaves, or somebody who wants us to believe there was one."""
    known = {"uri": "bolt://127.0.0.1:7687", "database": "neo4j", "name": "it's", "run": "r", **changes}
    (case / FILE).write_text(json.dumps([known]), "utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"browser": "https://graph.example/browser/"},
        {"browser": "javascript:alert(1)//127.0.0.1"},
        {"browser": "http://127.0.0.1@evil.example/"},
        {"browser": "ftp://localhost/browser/"},
        {"browser": "http://[::1"},
        {"browser": 5},
        {"browser": None},
        {"browser": "http://localhost:7474/browser/", "name": "\ud800"},
        {"browser": "http://localhost:7474/browser/", "more": 1},
    ],
)
def test_a_case_of_somebody_else_leads_nowhere(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    changes: Mapping[str, object],
) -> None:
    monkeypatch.delenv("NEO4J_BROWSER", raising=False)
    case = made.case(tmp_path / "case").path
    trace(case, **changes)
    assert links(printed(capsys, "groups", str(case))[1]) == []


def test_a_browser_that_the_user_names_is_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://graph.example/browser/"
    case = made.case(tmp_path / "case").path
    trace(case, browser=address)
    monkeypatch.setenv("NEO4J_BROWSER", address)
    [link] = links(printed(capsys, "groups", str(case))[1])
    assert link.startswith(f"{address}?cmd=edit&arg=")


# --- the project's own server ----------------------------------------------------------------------


def test_a_folder_of_somebody_else_names_no_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever sends a folder could have any file sent, as a password, to any address."""
    for name in ("NEO4J_URI", "LINKAGE_NEO4J_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        "linkage.graph.connection.__file__", str(tmp_path / "lib" / "linkage" / "graph" / "c.py")
    )
    server_file(tmp_path / "cwd" / ".neo4j", mode=0o600)
    server_file(tmp_path / "lib" / ".neo4j", mode=0o600)
    monkeypatch.chdir(tmp_path / "cwd")
    _, err = printed(capsys, "neo4j", "query", "cases", code=4)
    assert "no Neo4j server is named" in err


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o660, 0o604])
def test_a_server_file_that_others_may_open_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setenv("LINKAGE_NEO4J_HOME", str(tmp_path))
    server_file(tmp_path, mode=mode)
    assert "not believed" in printed(capsys, "neo4j", "query", "cases", code=2)[1]
    (tmp_path / "server.json").chmod(0o600)
    assert "bolt://127.0.0.1:9 cannot be reached" in printed(capsys, "neo4j", "query", "cases", code=4)[1]


@pytest.mark.parametrize("address", ["neo4j://localhost", "bolt://127.0.0.1:9", "neo4j://[::1]:9"])
def test_an_address_of_this_machine_is_our_own_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """With its password, which is sent nowhere else."""
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LINKAGE_NEO4J_HOME", str(tmp_path))
    assert connection(uri=address).password == "", "it does not run"
    server_file(tmp_path, mode=0o600)
    assert (connection(uri=address).uri, connection(uri=address).password) == ("bolt://127.0.0.1:9", "secret")
    for other in ("neo4j://localhost:7687", "neo4j://graph.example:9", "neo4j://graph.example"):
        assert (connection(uri=other).uri, connection(uri=other).password) == (other, "")
    monkeypatch.setenv("NEO4J_PASSWORD", "given")
    assert (connection(uri=address).uri, connection(uri=address).password) == (address, "given")


@pytest.mark.parametrize("port", ["", ":{port}"])
def test_investigate_finds_our_own_server(
    loaded: Loaded, neo4j_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name in neo4j_server.environment:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LINKAGE_NEO4J_HOME", str(tmp_path))
    known = {"uri": neo4j_server.uri, "user": neo4j_server.user, "database": neo4j_server.database}
    server_file(tmp_path, mode=0o600, **known)
    (tmp_path / "password").write_text(neo4j_server.password)
    source = "neo4j://localhost" + port.format(port=neo4j_server.port) + "?case=none"
    _, err = printed(capsys, "investigate", source, "--case", str(tmp_path / "case"), code=2)
    assert "none" in err and NAME in err, "it got in, and looked"


def server_file(home: Path, *, mode: int, **more: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "password").write_text("secret")
    known = {"uri": "bolt://127.0.0.1:9", "user": "neo4j", "database": "neo4j", **more}
    (home / "server.json").write_text(json.dumps({**known, "password_file": str(home / "password")}))
    (home / "server.json").chmod(mode)


def test_a_password_is_shown_nowhere(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = printed(capsys, "neo4j", "query", "cases", "--uri", server.uri, "--database", "none", code=4)
    assert server.password not in out + err


# --- for those who have Docker ---------------------------------------------------------------------


def test_the_compose_file_starts_the_same_server_on_loopback() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    service = yaml.safe_load(text)["services"]["neo4j"]
    pom = ElementTree.parse(ROOT / "scripts" / "neo4j-server" / "pom.xml").getroot()
    [version] = [each.text for each in pom.iter() if each.tag.rpartition("}")[2] == "neo4j"]
    assert service["image"] == f"neo4j:{version}-community"
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    surroundings = service["environment"]
    assert re.fullmatch(r"neo4j/\$\{LINKAGE_NEO4J_PASSWORD:\?[^}]+\}", surroundings["NEO4J_AUTH"])
    assert surroundings["NEO4J_browser_remote__content__hostname__whitelist"] == "localhost,127.0.0.1"
    assert surroundings["NEO4J_client_allow__telemetry"] == "false"
