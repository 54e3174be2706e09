"""ShareGPT dumps and FastChat's training format; dataset cards of WildChat-1M and LMSYS-Chat-1M."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkage.ingest.adapters.registry import adapter
from linkage.ingest.cells import limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.projection import projected
from linkage.ingest.sampling import sample
from linkage.ingest.sniffing import sniffed
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import Files, lines, parquet, write

CHOSEN = IngestSettings()
TALK = [{"from": "human", "value": "name three rivers"}, {"from": "gpt", "value": "Ob, Lena, Don"}]
SHAREGPT = [
    {"id": "QWJhYvA_0", "conversations": TALK},
    {"id": "i6IyJda_0", "conversations": TALK, "model": "gpt-4"},
    {"idx": 7, "conversations": [{"role": "user", "content": "name a lake"}]},
    {"conversations": TALK},
    {"id": {"a": 1}, "conversations": [{"from": 1, "value": ["x"]}], "model": []},
]


def spoken(role: str, content: str, origin: str | None) -> dict[str, Any]:
    header = {"user-agent": "Mozilla/5.0", "accept-language": "fi"} if origin else None
    return {"role": role, "content": content, "hashed_ip": origin, "header": header}


def wild(name: str, origin: str | None) -> dict[str, Any]:
    return {
        "conversation_hash": name,
        "model": "gpt-4o-mini",
        "timestamp": datetime(2026, 5, 4, 8, tzinfo=UTC),
        "conversation": [spoken("user", "name a lake", origin), spoken("assistant", "Saimaa", None)],
        "turn": 1,
        "language": "English",
        "hashed_ip": origin,
        "header": {"user-agent": "Mozilla/5.0", "accept-language": "fi"},
        "country": "Finland",
    }


WILDCHAT = [wild("c1", "h1"), wild("c2", "h2"), wild("c3", None)]
ASKED = [{"role": "user", "content": "name a lake"}, {"role": "assistant", "content": "Saimaa"}]
LMSYS = [
    {"conversation_id": "d1", "model": "vicuna-13b", "conversation": ASKED, "turn": 1, "redacted": False},
    {"conversation_id": "d2", "model": "koala-13b", "conversation": ASKED, "turn": 1, "redacted": False},
    {"conversation_id": None, "model": "koala-13b", "conversation": ASKED, "turn": 1, "redacted": False},
]

SAMPLES = {
    "sharegpt": {"ShareGPT_V3_unfiltered_cleaned_split.json": json.dumps(SHAREGPT)},
    "wildchat": {"train-00000-of-00014.parquet": parquet(WILDCHAT)},
    "lmsys-chat": {"train-00000-of-00006.parquet": parquet(LMSYS), "lines.jsonl": lines(*LMSYS)},
}


def found(name: str, folder: Path, files: Files) -> list[dict[str, Any]]:
    """What the adapter finds in the rows, before cells are read: whole conversations are split later."""
    (plan,) = adapter(name).plans(limits(CHOSEN)).values()
    result = []
    for path in sorted(write(folder, files).iterdir()):
        rows = sample(path, sniffed(path), CHOSEN).rows
        names = {each: None for row in rows for each in row}
        columns = {each: [row.get(each) for row in rows] for each in names}
        chunk = projected(plan, Chunk(columns, range(len(rows)), lambda i: b"", objects=rows))
        cells = zip(*chunk.columns.values(), strict=True)
        result += [
            {key: value for key, value in zip(chunk.columns, row, strict=True) if value is not None}
            for row in cells
        ]
    return result


def test_each_conversation_of_sharegpt_is_an_account_of_its_own(tmp_path: Path) -> None:
    rows = found("sharegpt", tmp_path, SAMPLES["sharegpt"])
    assert rows[:3] == [
        {"account": "QWJhYvA_0", "interaction": "QWJhYvA_0", "prompt": TALK},
        {"account": "i6IyJda_0", "interaction": "i6IyJda_0", "prompt": TALK, "model": "gpt-4"},
        {"account": 7, "interaction": 7, "prompt": [{"role": "user", "content": "name a lake"}]},
    ]
    assert len(rows) == 4  # the fourth names none; the fifth is for the readers of cells to refuse


def test_the_users_of_wildchat_are_the_hashes_of_their_addresses(tmp_path: Path) -> None:
    rows = found("wildchat", tmp_path, SAMPLES["wildchat"])
    assert [row["account"] for row in rows] == ["h1", "h2"]
    assert rows[0] == {
        "account": "h1",
        "at": datetime(2026, 5, 4, 8, tzinfo=UTC),
        "interaction": "c1",
        "prompt": WILDCHAT[0]["conversation"],
        "model": "gpt-4o-mini",
        "user_agent": "Mozilla/5.0",
    }


def test_each_conversation_of_lmsys_is_an_account_of_its_own(tmp_path: Path) -> None:
    rows = found("lmsys-chat", tmp_path, SAMPLES["lmsys-chat"])
    one = {"account": "d1", "interaction": "d1", "prompt": ASKED, "model": "vicuna-13b"}
    two = {"account": "d2", "interaction": "d2", "prompt": ASKED, "model": "koala-13b"}
    assert rows == [one, two, one, two]


def test_they_are_read_without_times(tmp_path: Path) -> None:
    plain = [{"id": "a", "conversations": TALK}, {"id": "b", "conversations": TALK}]
    rows = read_rows(write(tmp_path, {"dump.json": json.dumps(plain)}))["interactions"]
    assert [(row["account"], row["prompt"], "at" in row) for row in rows] == [
        ("a", "name three rivers", False),
        ("b", "name three rivers", False),
    ]


def test_the_last_question_of_a_conversation_is_its_prompt(tmp_path: Path) -> None:
    for name, accounts in (("wildchat", ["h1", "h2"]), ("lmsys-chat", ["d1", "d2", "d1", "d2"])):
        rows = read_rows(write(tmp_path / name, SAMPLES[name]))["interactions"]
        assert [(row["account"], row["prompt"]) for row in rows] == [
            (each, "name a lake") for each in accounts
        ]
        assert len({row["response_sha256"] for row in rows}) == 1
