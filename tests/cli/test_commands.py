import csv
import errno
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import linkage as front
from linkage.case import audit_faults
from linkage.cli import verbs
from linkage.errors import BudgetError, InputError, IntegrityError
from tests import made_case
from tests.cli.test_safe import BIDI, ZERO_WIDTH
from tests.made_case import GROUP, OPERATOR

Command = Callable[..., tuple[int, str, str]]

LOOKS: tuple[tuple[str, ...], ...] = (
    ("groups", "CASE"),
    ("groups", "CASE", "--explained"),
    ("show", "CASE", "GROUP"),
    ("explain", "CASE", "A", "B"),
    ("explain", "CASE", "A", "B", "--all"),
    ("why-not", "CASE", "A", "B"),
    ("evaluate", "CASE", "--truth", "TRUTH"),
    ("doctor", "CASE"),
)
"""Every command that only looks at a case."""


def look(
    given: tuple[str, ...], case: Path, *, group: str = GROUP, a: str = OPERATOR[0], b: str = OPERATOR[1]
) -> list[str]:
    truth = case.parent / "truth.csv"
    with truth.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        csv.writer(file).writerows([("account", "operator"), (a, "boss"), (b, "boss")])
    words = {"CASE": str(case), "GROUP": group, "A": a, "B": b, "TRUTH": str(truth)}
    return [words.get(each, each) for each in given]


# --- what is printed -----------------------------------------------------------------------------


def test_groups(linkage: Command, made: Path) -> None:
    code, out, err = linkage("groups", made)
    assert code == 0
    assert GROUP in out
    assert "1 group more" in out
    assert f"next: linkage show {made} {GROUP}" in err


def test_show(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("show", made, GROUP)
    for told in (
        "6 accounts on one card",
        "q-value        not computed",
        "Core: 5 accounts",
        "Fringe: 1 account,",
        "registrations █·▄",
        "over 15 links",
        "96%       18%",
        "no address in common",
        "What this does not prove",
    ):
        assert told in out, told


def test_explain_adds_up_and_names_rows(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("explain", made, "acct_04", "acct_01")
    assert "linked, +12.4 bits (5,405 to 1 for one operator)" in out
    amounts = [
        float(each.replace("−", "-")) for each in re.findall(r"^  \S.*?([+−]\d+\.\d)  ", out, re.MULTILINE)
    ]
    assert amounts[0] == -10.6
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.3)
    for told in ("payments.csv:3", "payments.csv:6", "One card pays for both", "awake at other hours"):
        assert told in out, told
    assert f"“{made_case.SENTENCE}”" in out
    assert f"“{made_case.SENTENCE}”" in re.sub(r"\s+", " ", linkage("show", made, GROUP)[1])


def test_an_absent_link_points_to_why_not(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("explain", made, "acct_01", "lone_1")
    assert code == 0
    assert "no link in this case" in out
    assert "why-not" in out


def test_why_not(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("why-not", made, "lone_1", "acct_01")
    assert "payment: the case holds nothing for lone_1" in out
    assert "8 of 400 accounts" in out
    assert "does not mean different" in out


def test_judge_is_seen_everywhere(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    assert (
        linkage(
            "judge", case, "--not-linked", "acct_01", "acct_00", "--reason", "two firms", "--who", "mira"
        )[0]
        == 0
    )
    assert linkage("judge", case, "--dismiss", GROUP, "--reason", "a lab")[0] == 0
    assert "a person decided: not linked" in linkage("explain", case, "acct_00", "acct_01")[1]
    assert "judged: dismissed" in linkage("groups", case)[1]
    assert "a person decided: dismissed" in linkage("show", case, GROUP)[1]
    row = json.loads((case / "verdicts.ndjson").read_text().splitlines()[0])
    assert (row["who"], row["left"], row["right"]) == ("mira", "acct_00", "acct_01")


def test_contradicting_verdicts_are_told(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    linkage("judge", case, "--linked", "acct_00", "lone_1", "--reason", "r")
    linkage("judge", case, "--linked", "lone_1", "lone_2", "--reason", "r")
    _, _, err = linkage("judge", case, "--not-linked", "acct_00", "lone_2", "--reason", "r")
    assert "warning: acct_00 and lone_2" in err


def test_every_look_is_in_the_audit_file(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    for given in LOOKS[:-1]:
        assert linkage(*look(given, case), "--who", "mira")[0] == 0
    rows = [json.loads(line) for line in (case / "audit.ndjson").read_text().splitlines()]
    assert [row["action"] for row in rows] == [given[0] for given in LOOKS[:-1]]
    assert {row["who"] for row in rows} == {"mira"}
    assert audit_faults(case) == []


# --- machine output ------------------------------------------------------------------------------


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_json_is_one_object_with_version_and_rows(
    linkage: Command, made: Path, given: tuple[str, ...]
) -> None:
    _, out, _ = linkage(*look(given, made), "--output", "json")
    said = json.loads(out)
    assert said["schema_version"] == 1
    assert isinstance(said["rows"], list)
    assert out.isascii()


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_ndjson_and_csv_have_the_rows(linkage: Command, made: Path, given: tuple[str, ...]) -> None:
    _, lines, _ = linkage(*look(given, made), "--output", "ndjson")
    rows = [json.loads(line) for line in lines.splitlines()]
    _, sheet, _ = linkage(*look(given, made), "--output", "csv")
    assert len(list(csv.DictReader(io.StringIO(sheet)))) == len(rows) > 0


def test_explain_json_holds_the_sum(linkage: Command, made: Path) -> None:
    said = json.loads(linkage("explain", made, "acct_00", "acct_01", "--output", "json")[1])
    assert said["prior_bits"] + sum(row["bits"] for row in said["rows"]) == pytest.approx(
        said["log_odds"], abs=1e-6
    )
    assert said["rows"][0]["left_source"] == "payments.csv:2"
    assert said["linked"] is True


def test_show_json_writes_null_where_nothing_was_computed(linkage: Command, made: Path) -> None:
    row = json.loads(linkage("show", made, GROUP, "--output", "json")[1])["rows"][0]
    assert row["q_value"] is None
    assert len(row["members"]) == 6


# --- hostile text --------------------------------------------------------------------------------

SEQUENCES = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x1b[31m",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1bP+q544e\x1b\\",
    "\x1b_apc\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bXsos\x1b\\",
    "\x9b31m",
    "\x9d52;c;x\x9c",
    "\r\noverwritten",
    "a\tb\x00c\x08d",
    "[/foo]",
    "[bold red]x[/]",
    "[link=http://evil]x[/link]",
    ":smile:",
    "=HYPERLINK(1)",
)
FORBIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{BIDI}{ZERO_WIDTH}\u2028\u2029]")
POISON = "".join(
    [*map(chr, range(1, 32)), "\x7f", *map(chr, range(128, 160)), BIDI, ZERO_WIDTH, "\u2028\u2029"]
)


def poisoned(value: Any, poison: str, skip: frozenset[str] = frozenset()) -> Any:
    """The same rows with poison behind every text."""
    if isinstance(value, dict):
        return {k: each if k in skip else poisoned(each, poison, skip) for k, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, poison, skip) for each in value]
    return value + poison if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


@pytest.fixture(scope="module", params=[POISON, *SEQUENCES], ids=range(1 + len(SEQUENCES)))
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    poison: str = request.param
    # Ids and links between tables keep working: the poison goes into accounts alike everywhere.
    plain = frozenset(
        {"observation", "left_observation", "right_observation", "source", "row", "role", "day"}
    )
    run = made_case.receipt()
    run["groups"] = {GROUP + poison: poisoned(run["groups"][GROUP], poison, plain)}
    run["signals"] = {name + poison: poisoned(each, poison) for name, each in run["signals"].items()}
    for name in ("inputs", "caps", "traits"):
        run[name] = poisoned(run[name], poison)
    case = tmp_path_factory.mktemp("hostile") / "case"
    return made_case.write(case, poisoned(made_case.tables(), poison, plain), run), poison


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_no_hostile_byte_reaches_the_terminal(
    linkage: Command, hostile: tuple[Path, str], given: tuple[str, ...]
) -> None:
    case, poison = hostile
    arguments = look(given, case, group=GROUP + poison, a=OPERATOR[0] + poison, b=OPERATOR[1] + poison)
    for extra in ((), ("--output", "json"), ("--output", "ndjson"), ("--output", "csv")):
        code, out, err = linkage(*arguments, *extra)
        if given[0] == "evaluate" and code == 3:  # a CSV reader may refuse such an account
            assert not FORBIDDEN.search(err)
            continue
        assert code == 0, err
        assert not FORBIDDEN.search(out + err), repr(FORBIDDEN.search(out + err))
        if not extra and given[0] in ("show", "explain"):
            assert OPERATOR[0] in out


def test_no_hostile_byte_in_errors(linkage: Command, made: Path, hostile: tuple[Path, str]) -> None:
    case, poison = hostile
    for arguments in (
        ("explain", made, poison, "acct_00"),
        ("explain", case, OPERATOR[0], "nobody"),
        ("show", made, poison),
        ("show", case, "op-"),
        ("groups", f"/nowhere/{poison}"),
        ("groups", made, f"--{poison}"),
        (f"x{poison}",),
        ("judge", made, "--linked", "acct_00", poison, "--reason", "r"),
        ("evaluate", made, "--truth", f"/nowhere/{poison}"),
        ("doctor", f"/nowhere/{poison}"),
    ):
        code, out, err = linkage(*arguments)
        assert code in (2, 3), arguments
        assert not FORBIDDEN.search(out + err), (arguments, out + err)
        assert len(err) > 10


def test_csv_for_people_runs_no_formula(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case", poisoned(made_case.tables(), "", frozenset()))
    tables = made_case.tables()
    for row in tables["findings"]:
        row["summary"] = "=cmd|' /C calc'!A0"
    made_case.write(case, tables)
    rows = list(csv.DictReader(io.StringIO(linkage("groups", case, "--output", "csv")[1])))
    assert rows[0]["summary"] == "'=cmd|' /C calc'!A0"
    assert float(rows[0]["log_odds"]) == 24.3


# --- terminals -----------------------------------------------------------------------------------


def on_a_terminal(arguments: list[str], **environment: str) -> bytes:
    master, slave = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env |= {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    process = subprocess.Popen(command(*arguments), stdout=slave, stderr=slave, env=env)
    os.close(slave)
    out = b"".join(iter(lambda: _read(master), b""))
    process.wait(timeout=60)
    os.close(master)
    return out


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from linkage.cli import main; main()", *arguments]


def test_colour_only_where_it_is_wanted(made: Path) -> None:
    arguments = ["explain", str(made), "acct_00", "acct_01"]
    assert b"\x1b[" in on_a_terminal(arguments)
    assert b"\x1b" not in on_a_terminal(arguments, NO_COLOR="1")
    assert b"\x1b" not in on_a_terminal(arguments, TERM="dumb")
    piped = subprocess.run(
        command(*arguments), capture_output=True, check=True, env={**os.environ, "FORCE_COLOR": "1"}
    )
    assert b"\x1b" not in piped.stdout + piped.stderr


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_screen(
    made: Path, width: int, monkeypatch: pytest.MonkeyPatch, linkage: Command
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for given in LOOKS:
        _, out, _ = linkage(*look(given, made))
        assert max(map(len, out.splitlines())) <= width, given


# --- exits ---------------------------------------------------------------------------------------


def test_usage_errors_are_2(linkage: Command, made: Path, tmp_path: Path) -> None:
    for arguments in (
        ("nonsense",),
        ("groups",),
        ("groups", tmp_path),
        ("groups", made, "--output", "xml"),
        ("show", made, "op-none"),
        ("judge", made, "--reason", "r"),
        ("judge", made, "--confirm", GROUP, "--dismiss", GROUP, "--reason", "r"),
        ("judge", made, "--confirm", GROUP, "--reason", " "),
        ("investigate", tmp_path, "--case", tmp_path / "c", "--budget", "soon"),
        ("investigate", tmp_path, "--case", tmp_path / "c", "--settings", tmp_path / "none.toml"),
        ("simulate", tmp_path / "x", "--profile", "wild"),
        ("simulate", tmp_path / "x", "--profile", "null", "--withhold", "cards"),
        ("evaluate",),
        ("evaluate", made),
        ("evaluate", made, "--curves", tmp_path / "x"),
        ("evaluate", "--curves", tmp_path / "x", "--knob", "luck"),
        ("evaluate", "--curves", tmp_path / "x", "--base", "wild"),
    ):
        code, out, err = linkage(*arguments)
        assert (code, out) == (2, ""), (arguments, out, err)
        assert err.startswith("error: "), err


def test_damage_is_5(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    (case / "findings.parquet").write_bytes(b"x")
    code, _, err = linkage("groups", case)
    assert code == 5
    assert "findings.parquet" in err


class Told(Exception):
    pass


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Stands in for the pipeline: writes the case made by hand, or raises what it is told."""
    calls: list[dict[str, Any]] = []

    def investigate(
        sources: Any, *, case: Path, settings: Any, progress: Any, who: str, **beside: Any
    ) -> Any:
        calls.append({"sources": sources, "settings": settings, "who": who, **beside})
        progress("read", 12, 12)
        if Path(sources[0]).name == "broken":
            raise InputError("payments.csv: row 3: no account", hint="name the column")
        if Path(sources[0]).name == "slow":
            raise BudgetError("score: too many pairs")
        if Path(sources[0]).name == "stopped":
            raise KeyboardInterrupt
        empty = {"links": []} if Path(sources[0]).name == "calm" else None
        run = made_case.receipt()
        if Path(sources[0]).name == "leaky":
            run["inputs"][0]["used"] += 1
        return front.open_case(made_case.write(case, empty, run))

    monkeypatch.setattr("linkage.api.investigate", investigate)
    yield calls


def test_investigate_prints_rows_cuts_and_groups(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    code, out, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--seed", "7", "--who", "mira")
    assert code == 0
    for told in (
        "12        9            2               1",
        "2 filtered: repeated row",
        "1 quarantined: no account",
        "columns not used: shoe_size",
        "traits of no declared family, counted as “other”: shoe_size",
        "accounts beyond the nearest 8",
        GROUP,
    ):
        assert told in out, told
    assert "read" in err
    assert "next: linkage show" in err
    assert (runs[0]["settings"].seed, runs[0]["who"]) == (7, "mira")


def test_investigate_as_json(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    _, out, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--output", "json")
    said = json.loads(out)
    assert said["rows"][0]["group"] == GROUP
    assert said["inputs"][0]["rows"] == 12
    assert "quarantined" in err
    assert linkage("investigate", "logs", "--case", tmp_path / "c", "--output", "json", "-q")[2] == ""


@pytest.mark.parametrize(
    ("source", "code"),
    [("logs", 10), ("calm", 0), ("broken", 3), ("slow", 6), ("stopped", 130), ("leaky", 5)],
)
def test_exit_codes_of_a_run(
    linkage: Command, runs: list[Any], tmp_path: Path, source: str, code: int
) -> None:
    assert linkage("investigate", source, "--case", tmp_path / "c", "--fail-on-findings")[0] == code


def test_a_budget_stops_a_run(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    code, _, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--budget", "1KB")
    assert code == 6
    assert "budget" in err
    assert not (tmp_path / "c").exists()


def test_an_accident_is_one_line_and_with_debug_the_whole_trace(tmp_path: Path) -> None:
    broken = "import linkage.cli.look as look\nlook.opened = lambda *a, **k: 1 / 0\n"
    code = f"{broken}from linkage.cli import main; main()"
    for extra, lines in (((), 2), (("--debug",), 5)):
        ended = subprocess.run(
            [sys.executable, "-c", code, "groups", str(tmp_path), *extra], capture_output=True, text=True
        )
        assert ended.returncode == 1
        assert ("Traceback" in ended.stderr) == bool(extra)
        assert len(ended.stderr.splitlines()) >= lines


def test_a_closed_pipe_is_no_error(made: Path) -> None:
    line = " ".join(f"'{each}'" for each in command("groups", str(made)))
    ended = subprocess.run(f"{line} | true", shell=True, capture_output=True, text=True)
    assert "Broken pipe" not in ended.stderr
    assert "Traceback" not in ended.stderr


# --- help, doctor, demo, front door --------------------------------------------------------------


@pytest.mark.parametrize("verb", [each.__name__.replace("_", "-") for each in verbs._EXAMPLES])
def test_every_verb_has_two_examples(linkage: Command, verb: str) -> None:
    code, out, _ = linkage(verb, "--help")
    assert code == 0
    assert len(re.findall(rf"^ +linkage {verb}", out, re.MULTILINE)) == 2
    assert "..." not in out.split("\n\n")[1]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom linkage.cli import run\nassert run(['--help']) == 0\n"
        "heavy = {'rich', 'pyarrow', 'numpy', 'pydantic', 'ibis', 'torch', 'faiss', 'networkx', 'altair'}\n"
        "loaded = heavy & {name.split('.')[0] for name in sys.modules}\nassert not loaded, loaded"
    )
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    # The promise is 0.4 s on an idle machine; this only catches a heavy import that the list above forgot.
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("given", LOOKS[:6], ids=" ".join)
def test_a_look_loads_neither_pandas_nor_a_query_engine(made: Path, given: tuple[str, ...]) -> None:
    code = (
        f"import sys\nfrom linkage.cli import run\nassert run({look(given, made)!r}) == 0\n"
        "heavy = {'pandas', 'pydantic_settings', 'ibis', 'duckdb', 'torch', 'networkx', 'pyarrow.dataset'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_help_ends_no_line_in_dots(linkage: Command) -> None:
    assert "..." not in linkage("--help")[1].split("Commands:")[1]


def test_doctor_says_what_a_source_cannot_support(linkage: Command, tmp_path: Path) -> None:
    (tmp_path / "sessions.csv").write_text("account,at,ip\na,2026-01-01,192.0.2.1\n")
    (tmp_path / "observations.ndjson").write_text(
        'not json\n{"account": "a", "trait": "fingerprint", "value": "x"}\n'
    )
    code, out, _ = linkage("doctor", tmp_path, "--output", "json")
    assert code in (0, 1)
    said = {row["signal"]: row for row in json.loads(out)["signals"]}
    assert said["address"]["supported"]
    assert said["card"]["supported"]
    assert said["network operator"] == {"signal": "network operator", "supported": False, "missing": ["asn"]}
    assert linkage("doctor", tmp_path / "sessions.csv")[0] in (0, 1)
    (tmp_path / "none").mkdir()
    assert linkage("doctor", tmp_path / "none")[0] == 3


def test_doctor_knows_every_signal() -> None:
    from linkage.cli.support import NEEDS
    from linkage.evidence.signals.registry import SIGNALS

    assert set(NEEDS) == {signal.name for signal in SIGNALS}


def test_doctor_sees_a_tampered_audit_file(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    linkage("groups", case)
    (case / "audit.ndjson").write_text((case / "audit.ndjson").read_text().replace('"groups"', '"show"'))
    code, out, _ = linkage("doctor", case)
    assert code == 1
    assert "does not follow" in out


def test_demo(linkage: Command, runs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "checkout" / "linkage" / "__init__.py"
    (tmp_path / "checkout" / "fixtures" / "case" / "source").mkdir(parents=True)
    monkeypatch.setattr(front, "__file__", str(package))
    code, out, err = linkage("demo", "--case", tmp_path / "demo")
    assert code == 0
    assert GROUP in out
    assert "acct_00 and acct_01: linked" in out
    assert "where to look next" in err
    shutil.rmtree(tmp_path / "checkout")
    code, _, err = linkage("demo", "--case", tmp_path / "demo")
    assert code == 3
    assert "checkout" in err


def test_simulate_and_evaluate(linkage: Command, tmp_path: Path, made: Path) -> None:
    code, _, err = linkage(
        *(
            "simulate",
            tmp_path / "p",
            "--profile",
            "null",
            "--accounts",
            "120",
            "--interactions",
            "300",
            "--seed",
            "3",
        )
    )
    assert code == 0, err
    assert (tmp_path / "p" / "truth.csv").exists()
    (tmp_path / "truth.csv").write_text(
        "account,operator\n" + "".join(f"{each},boss\n" for each in OPERATOR) + "lone_1,\n"
    )
    said = json.loads(linkage("evaluate", made, "--truth", tmp_path / "truth.csv", "--output", "json")[1])
    assert said["b3_f1"] == said["rows"][0]["b3_f1"] == 1.0
    assert said["operators_found"] == 1
    assert "boss" in linkage("evaluate", made, "--truth", tmp_path / "truth.csv")[1]


def test_the_front_door_is_three_names_and_loads_nothing() -> None:
    assert front.__all__ == ["Settings", "investigate", "open_case"]
    code = (
        "import sys, linkage; assert not {'pyarrow', 'pydantic', 'ibis'} & set(sys.modules); linkage.Settings"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="shoes"):
        _ = front.shoes
    assert {*front.__all__} <= {*dir(front)}
    assert issubclass(IntegrityError, Exception)
