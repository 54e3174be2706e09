"""Samples of public log formats, and inputs that were once read wrongly: what comes out at the front door.

The samples are run whole, without any setting. Of the others reading is enough to see what becomes of them.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from linkage.errors import InputError, LinkageError
from linkage.ingest.read import read
from linkage.settings import Settings
from linkage.settings.ingest import Ingest
from tests.conftest import Command
from tests.ingest.made import Read

SAMPLES: dict[str, dict[str, tuple[int, int]]] = {
    "anthropic_batch": {"interactions": (24, 24)},
    "auth0": {"accounts": (24, 24), "sessions": (24, 24)},
    "azure_apim": {"interactions": (24, 24)},
    "azure_openai": {"interactions": (48, 48), "observations": (48, 24)},
    "bedrock": {"interactions": (24, 24)},
    "cloudflare_aig": {"interactions": (24, 24)},
    "cloudflare_http": {"sessions": (24, 24)},
    "ecs": {"sessions": (48, 0), "interactions": (48, 48)},
    "envoy": {"interactions": (24, 24)},
    "langfuse": {"interactions": (48, 48)},
    "litellm": {"interactions": (72, 48)},
    "nginx": {"sessions": (48, 24)},
    "ocsf": {"sessions": (24, 0), "interactions": (24, 24)},
    "ocsf_lake": {"sessions": (24, 0), "interactions": (24, 24)},
    "openai_batch": {"sessions": (25, 24), "interactions": (24, 24), "observations": (49, 48)},
    "otlp": {"interactions": (28, 24)},
    "portkey": {"interactions": (24, 24)},
    "sharegpt": {"interactions": (8, 8)},
    "stripe": {"payments": (36, 24)},
    "wildchat": {"interactions": (24, 24)},
}
"""Rows of each table, and how many are used: a folder may hold the same requests in two spellings."""


@pytest.fixture
def formats(shared_data: Path) -> Path:
    folder = shared_data / "formats"
    if not folder.is_dir():
        pytest.skip("the samples of formats are not beside the project")
    return folder


def test_every_sample_is_tested(formats: Path) -> None:
    assert {each.name for each in (formats / "samples").iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_investigated_without_settings(
    name: str, formats: Path, linkage: Command, tmp_path: Path
) -> None:
    code, _, err = linkage("investigate", formats / "samples" / name, "--case", tmp_path / "case", "-q")

    assert code == 0, err
    run = json.loads((tmp_path / "case" / "run.json").read_text())
    rows, used = Counter[str](), Counter[str]()
    for each in run["inputs"]:
        rows[each["table"]] += each["rows"]
        used[each["table"]] += each["used"]
        assert each["quarantined"] == {}, each["file"]
        assert each["dropped_cells"] == {}, each["file"]
    assert {table: (rows[table], used[table]) for table in rows} == SAMPLES[name]
    assert run["ignored"] == []


# --- inputs that were once read wrongly ----------------------------------------------------------

ONE = [("a", "192.0.2.1")]
TWO = [("a", "192.0.2.1"), ("b", "192.0.2.1")]
SESSIONS: dict[str, list[tuple[str, str | None]]] = {
    "bq_json": [*TWO, *ONE],
    "csv_bom": ONE,
    "csv_index": TWO,
    "csv_latin1": ONE,
    "csv_semicolon": ONE,
    "csv_trailing": TWO,
    "csv_upper": ONE,
    "csv_utf16": ONE,
    "csv_wide": ONE,
    "empties_csv": ONE,
    "empties_csvheader": ONE,
    "empties_json": ONE,
    "gz_members": TWO,
    "hive": TWO,
    "hive_mixed": TWO,
    "ignored_files": ONE,
    "json_bom": ONE,
    "pq_at_date": TWO,
    "pq_at_decimal": TWO,
    "pq_at_naive": TWO,
    "pq_binary16": [
        ("00000000-0000-0000-0000-000000000001", "192.0.2.1"),
        ("00000000-0000-0000-0000-000000000002", "192.0.2.1"),
    ],
    "pq_decimal_ids": [("9007199254740993", "192.0.2.1"), ("5", "192.0.2.1")],
    "pq_dictionary": TWO,
    "pq_empty": TWO,
    "pq_float_ids": [("1", "192.0.2.1"), ("2", "192.0.2.1")],
    "pq_int32": [("1", "192.0.2.1"), ("2", "192.0.2.1")],
    "pq_int96": TWO,
    "pq_ip_binary4": TWO,
    "pq_ip_bool": [("a", None), ("b", None)],
    "pq_ip_list": TWO,
    "pq_ip_null": [("a", None), ("b", None)],
    "pq_large_string": TWO,
    "pq_order": [*TWO, ("c", "192.0.2.1"), ("d", "192.0.2.1")],
    "pq_string_view": TWO,
    "pq_uint64": [("18446744073709551615", "192.0.2.1"), ("5", "192.0.2.1")],
    "pq_zero": TWO,
    "sparse_map": [("a", "192.0.2.1"), ("b", None)],
    "sparse_plain": [("a", "192.0.2.1"), ("b", None)],
    "tsv": ONE,
}
"""Account and address of each row of sessions that comes out."""

QUESTIONS = [
    "how do tides work near a river mouth",
    "recipe for lentil soup with no onion please",
    "solve exercise five and grade your own answer",
    "translate good morning to finnish and swedish",
]
PROMPTS: dict[str, list[str | None]] = {
    "csv_backslash": ['say "hello" to me', "plain"],
    "csv_multiline": ['line one\r\nline "two", three'],
    "json_surrogate": ["cut emoji \ufffd", "nul  here", "fine and good here"],
}
REFUSED = {
    "csv_case": "needs the column account, which is missing; it has Account",
    "csv_dupcol": "more than one column is called ip",
    "json_dupkey": "duplicate key (1)",
    "pq_case": "needs the column account, which is missing; it has Account",
    "pq_ip_map": "column ip holds map<string, string",
    "pq_ip_struct": "column ip holds struct<v: string>",
}
LOST: dict[str, dict[str, dict[str, int]]] = {
    "addresses": {"ip": {"address with leading zeros": 1, "masked address": 1, "not an address": 1}},
    "case_values": {},
    "dups": {},
    "hub": {},
    "json_nan": {"input_tokens": {"number not finite": 1}},
    "optional_bad": {
        "input_tokens": {"negative count": 1, "not a whole number": 1, "wrong type": 1},
        "model": {"wrong type": 1},
        "user_agent": {"wrong type": 1},
    },
    "pq_tokens_decimal": {},
}
"""What cells are lost where every row is kept."""
MESSAGES = ("messages_chatml", "messages_gemini", "messages_json", "messages_plain", "messages_repr")
OTHERS = ("ids_json",)
FAULTS = sorted({*SESSIONS, *PROMPTS, *REFUSED, *LOST, *MESSAGES, *OTHERS})


def test_every_fault_is_tested(formats: Path) -> None:
    assert {each.name for each in (formats / "faults").iterdir()} - {"stray_prompt"} == set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_outcome(name: str, formats: Path, tmp_path: Path) -> None:
    folder = formats / "faults" / name
    limit = 1.0 if name in OTHERS else 0.01
    try:
        found = Read(
            read([folder], tmp_path, chosen=Ingest(max_quarantined=limit), mappings=_mappings(folder))
        )
    except LinkageError as error:
        assert isinstance(error, InputError)
        assert REFUSED.get(name, "nothing") in str(error)
        return
    assert name not in REFUSED
    found.check_rows()
    _check(name, found)


def _mappings(folder: Path) -> Mapping[str, Any]:
    file = folder / "linkage.toml"
    return Settings.load(file).sources if file.is_file() else {}


def _check(name: str, found: Read) -> None:
    if name in SESSIONS:
        table = found.table("sessions")
        rows = zip(table["account"].to_pylist(), table["ip"].to_pylist(), strict=True)
        assert sorted(rows, key=str) == sorted(SESSIONS[name], key=str)
    if name in PROMPTS:
        assert found.table()["prompt"].to_pylist() == PROMPTS[name]
    if name in MESSAGES:
        prompts = found.table()["prompt"].to_pylist()
        assert len(set(prompts)) == 6
        assert set(QUESTIONS) <= set(prompts)
    if name in LOST:
        lost: dict[str, Any] = {}
        for each in found.sources.receipts:
            assert (each.rows, each.quarantined) == (each.used, {})
            lost |= each.dropped_cells
        assert lost == LOST[name]
    if name == "ids_json":
        assert found.receipt("sessions").quarantined == {"wrong type": 1}


def test_files_that_are_not_read_are_named(formats: Path, tmp_path: Path) -> None:
    found = read([formats / "faults" / "ignored_files"], tmp_path, chosen=Ingest(), mappings={})
    assert {name: why.partition(";")[2] for name, why in found.ignored.items()} == {
        "interaction.csv": " if it is interactions, call it interactions or map it under [sources]",
        "payment.ndjson": " if it is payments, call it payments or map it under [sources]",
    }


def test_a_refusal_ends_with_its_own_exit_code(formats: Path, linkage: Command, tmp_path: Path) -> None:
    for name, says in REFUSED.items():
        code, _, err = linkage("investigate", formats / "faults" / name, "--case", tmp_path / name)
        assert code == 3
        assert says in " ".join(err.split())
