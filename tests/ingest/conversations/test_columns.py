import json
import time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.cleaning import CONTROL, SURROGATE
from linkage.ingest.conversations.columns import SplitConversations, split_conversations
from linkage.ingest.conversations.conversation import conversation, text_hash

ASKED = [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": "name the moons of mars"},
    {"role": "assistant", "content": "phobos and deimos"},
    {"role": "user", "content": "how do tides work"},
    {"role": "assistant", "content": "the moon pulls"},
]
ROWS = ["plain", json.dumps(ASKED), None, "{not json", repr(ASKED[:2]), '{"task": "x"}']


def split(prompts: "pa.Array | list[Any]") -> SplitConversations:
    found = split_conversations(prompts)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "column",
    [
        ROWS,
        pa.array(ROWS),
        pa.array(ROWS, pa.large_string()),
        pa.array(ROWS, pa.string_view()),
        pa.array(ROWS).dictionary_encode(),
        pa.array(["x", *ROWS])[1:],
    ],
    ids=["list", "string", "large", "view", "dictionary", "slice"],
)
def test_rows_that_are_conversations_are_split_and_others_left(column: "pa.Array | list[Any]") -> None:
    found = split(column)
    assert found.found.to_pylist() == [False, True, False, False, True, False]
    asked = "name the moons of mars"
    assert found.prompt.to_pylist() == [None, "how do tides work", None, None, asked, None]
    assert found.system_prompt.to_pylist() == [None, "be brief", None, None, "be brief", None]
    earlier = [text_hash("phobos and deimos")]
    assert found.context_sha256.to_pylist() == [None, earlier, None, None, [], None]
    assert found.response_sha256.to_pylist() == [None, text_hash("the moon pulls"), None, None, None, None]
    assert found.tools.to_pylist() == [None, [], None, None, [], None]
    assert found.turns.to_pylist() == [None, 4, None, None, 1, None]
    assert found.images.to_pylist() == found.other_parts.to_pylist() == [None, 0, None, None, 0, None]


@pytest.mark.parametrize("odd", [5, ["x"], b"\xff", "half \ud800"], ids=["number", "list", "bytes", "half"])
def test_a_column_of_several_types_splits_as_one_of_texts(odd: Any) -> None:
    found, texts = split([odd, *ROWS]), split(ROWS)
    assert found.found.to_pylist() == [False, *texts.found.to_pylist()]
    assert found.prompt.to_pylist() == [None, *texts.prompt.to_pylist()]


def test_nested_columns_are_read() -> None:
    found = split(pa.array([ASKED, None, []]))
    assert found.found.to_pylist() == [True, False, False]
    assert found.prompt[0].as_py() == "how do tides work"
    assert split(pa.array([ASKED[1]])).prompt.to_pylist() == ["name the moons of mars"]
    assert split([ASKED, 3, None]).found.to_pylist() == [True, False, False]


@pytest.mark.parametrize(
    "column",
    [[], [None], ["plain"], [3], pa.array(["plain", None]), pa.array([1]), pa.nulls(2), pa.array([b"{}"])],
)
def test_none_where_nothing_is_a_conversation(column: "pa.Array | list[Any]") -> None:
    assert split_conversations(column) is None


def test_bytes_that_are_no_text_stop_nothing() -> None:
    raw = pa.array([b"\xff plain", b'[{"role": "user", "content": "a\xffb"}]', json.dumps(ASKED).encode()])
    found = split(pa.Array.from_buffers(pa.string(), 3, raw.buffers()))
    assert found.prompt.to_pylist()[2] == "how do tides work"


def test_a_million_plain_texts_cost_one_look() -> None:
    texts = pa.array([f"how do tides work near the river mouth number {at}" for at in range(1_000_000)])
    spent = []
    for _ in range(3):
        begun = time.process_time()
        assert split_conversations(texts) is None
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.2


@given(
    st.lists(
        st.none() | st.text() | st.text().map(lambda text: json.dumps({"role": "user", "content": text}))
    )
)
def test_a_column_is_split_as_its_cells_are(rows: list[str | None]) -> None:
    cells = [None if row is None else conversation(row) for row in rows]
    for column in (rows, pa.array(rows, pa.string())):
        found = split_conversations(column)
        if found is None:
            assert not any(cells)
        else:
            assert found.found.to_pylist() == [cell is not None for cell in cells]
            assert found.prompt.to_pylist() == [None if cell is None else cell.prompt for cell in cells]


def talk(asked: str = "why", answer: str = "because", last: str = "no") -> list[dict[str, str]]:
    turns = [("user", asked), ("assistant", answer), ("user", "more"), ("assistant", last)]
    return [{"role": role, "content": text} for role, text in turns]


UNCLEAN = [
    (json.dumps(talk()), {}),
    (json.dumps(talk(answer="be\0cause")), {"context_sha256": (CONTROL,)}),
    (json.dumps(talk(last="n\x07o")), {"response_sha256": (CONTROL,)}),
    ("\0" + json.dumps(talk()), {"prompt": (CONTROL,)}),
    (json.dumps(talk()) + "\x85", {"prompt": (CONTROL,)}),
    (json.dumps(talk()).replace(",", ",\x01"), {"prompt": (CONTROL,)}),
    (json.dumps(talk(answer="half \ud800")), {"context_sha256": (SURROGATE,)}),
]


def test_what_is_unclean_inside_is_told_and_hides_no_conversation() -> None:
    texts = [text for text, _ in UNCLEAN]
    for column in (texts, pa.array(texts)):
        found = split(column)
        assert found.found.to_pylist() == [True] * len(UNCLEAN)
        assert found.prompt.to_pylist() == ["more"] * len(UNCLEAN)
        hashes = [each[0] for each in found.context_sha256.to_pylist()]
        assert hashes[:-1] == [text_hash("because")] * (len(UNCLEAN) - 1)
        told = [
            {name: rows[at] for name, rows in found.cleaned.items() if at in rows} for at in range(len(texts))
        ]
        assert told == [expected for _, expected in UNCLEAN]


def test_objects_are_told_about_as_their_texts_are() -> None:
    rows = [talk(answer="be\0cause"), talk(), talk(last="n\x07o")]
    for column in (rows, pa.array(rows)):
        assert split(column).cleaned == {
            "context_sha256": {0: (CONTROL,)},
            "response_sha256": {2: (CONTROL,)},
        }
