"""What the screen says of rows, cells and files of a run."""

import io
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cli.screen import receipt
from linkage.cli.screen.layout import show
from linkage.cli.screen.receipt import SHOWN, adds_up, by_table, conservation


def entry(table: str = "sessions", **more: Any) -> dict[str, Any]:
    return {"table": table, "file": f"{table}.csv", "rows": 3, "used": 3} | more


def screen(run: dict[str, Any]) -> str:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setenv("COLUMNS", "200")
        for each in conservation(run):
            show(each)
    return out.getvalue()


def lines(run: dict[str, Any]) -> list[str]:
    return [" ".join(line.split()) for line in screen(run).splitlines() if line.strip()]


def test_cells_that_were_dropped_cleaned_or_empty_are_said_of_each_column() -> None:
    one = entry(dropped_cells={"ip": {"masked address": 1_200}}, meaningless={"ip": 2})
    other = entry(
        dropped_cells={"ip": {"masked address": 34, "not an address": 1}},
        cleaned_cells={"user_agent": {"invalid UTF-8": 7}},
        meaningless={"ip": 3, "ja4": 4},
    )
    shown = lines({"inputs": [one, other]})
    assert "sessions: cells dropped in ip: masked address (1,234), not an address (1)" in shown
    assert "sessions: cells cleaned in user_agent: invalid UTF-8 (7)" in shown
    assert "sessions: cells read as empty, of words that mean nothing: ip (5), ja4 (4)" in shown


def test_what_was_taken_apart_inside_prompts_is_said_where_it_is_something() -> None:
    inside = {"conversations": 1_200, "turns": 3, "images": 0}
    shown = lines({"inputs": [entry("interactions", inside_prompts=inside)]})
    assert "interactions: taken apart inside prompts: 1,200 conversations, 3 turns" in shown


def test_nothing_is_said_of_cells_that_are_as_they_were() -> None:
    shown = screen({"inputs": [entry()]})
    assert "cells" not in shown and "inside prompts" not in shown and "Files not read" not in shown


def test_files_that_were_not_read_are_named_with_their_reason() -> None:
    shown = lines({"ignored": [{"file": "notes.txt", "reason": "no table has this name"}]})
    assert "Files not read" in shown
    assert "notes.txt no table has this name" in shown


@pytest.mark.parametrize(("files", "more"), [(SHOWN, False), (SHOWN + 1_234, True)])
def test_many_files_are_counted(files: int, more: bool) -> None:
    ignored = [{"file": f"f{number}", "reason": "why"} for number in range(files)]
    shown = lines({"ignored": ignored})
    assert sum(line.endswith(" why") for line in shown) == SHOWN
    assert ("and 1,234 more; run.json names all" in shown) is more


def test_rows_that_do_not_add_up_are_seen() -> None:
    wrong = entry(used=2)
    assert not adds_up(by_table({"inputs": [wrong]})["sessions"])
    assert "the sum is wrong" in screen({"inputs": [wrong]})
    assert "the sum is wrong" not in screen(
        {"inputs": [entry(used=1, filtered={"a": 1}, quarantined={"b": 1})]}
    )


def test_times_without_a_zone_are_of_the_zone_of_the_settings() -> None:
    run = {"inputs": [entry(naive_times=2)], "settings": {"ingest": {"timezone": "Europe/Helsinki"}}}
    assert "sessions: 2 times without a time zone, read as Europe/Helsinki" in lines(run)


def test_hostile_names_do_nothing() -> None:
    run = {
        "inputs": [entry(dropped_cells={"\x1b[2J": {"[bold]x[/]": 1}}, unknown_columns=["\x1b]0;t\x07"])],
        "ignored": [{"file": "\x1b[31m.csv", "reason": "\u202ewhy"}],
    }
    shown = screen(run)
    assert "\x1b[2J" not in shown and "\x1b]0" not in shown and "\u202e" not in shown
    assert "[bold]x[/] (1)" in shown


COUNTS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 5), max_size=2)
INPUTS = st.builds(
    entry,
    st.sampled_from(["sessions", "accounts"]),
    rows=st.integers(0, 9),
    used=st.integers(0, 9),
    filtered=COUNTS,
    quarantined=COUNTS,
    dropped_cells=st.dictionaries(st.sampled_from("xy"), COUNTS, max_size=2),
    cleaned_cells=st.dictionaries(st.sampled_from("xy"), COUNTS, max_size=2),
    meaningless=COUNTS,
    inside_prompts=COUNTS,
)


@given(st.lists(INPUTS, max_size=5))
def test_the_receipts_of_all_files_add_up(inputs: list[dict[str, Any]]) -> None:
    tables = by_table({"inputs": inputs})
    for name in ("rows", "used"):
        assert sum(row[name] for row in tables.values()) == sum(each[name] for each in inputs)
    for name in ("meaningless", "inside_prompts"):
        total = sum(sum(row[name].values()) for row in tables.values())
        assert total == sum(sum(each[name].values()) for each in inputs)
    for name in ("dropped_cells", "cleaned_cells"):
        total = sum(sum(why.values()) for row in tables.values() for why in row[name].values())
        assert total == sum(sum(why.values()) for each in inputs for why in each[name].values())
    assert receipt.by_table({"inputs": inputs[::-1]}).keys() == tables.keys()
