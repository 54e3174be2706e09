"""Lines of CSV given out one by one or as blocks: in any order of asking, each once and with its number."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.formats import csv_lines
from linkage.ingest.formats.csv_lines import CsvLines, TooLong
from linkage.ingest.formats.streams import Lines

TEXTS = st.sampled_from(["", "a,b", "é", '"x', "x" * 40, "\r", "\u2028", "\udcff"])


@st.composite
def batches(draw: st.DrawFn) -> list[Lines]:
    """Lines as a file gives them: some at a time, the last one perhaps without an end."""
    found, first = [], 1
    for texts in draw(st.lists(st.lists(TEXTS, min_size=1, max_size=5), min_size=1, max_size=4)):
        data = "".join(text + "\n" for text in texts).encode("utf-8", "surrogateescape")
        found.append(Lines(first, data))
        first += len(texts)
    if draw(st.booleans()):
        found[-1] = Lines(found[-1].first, found[-1].data, open_end=True)
    return found


def whole(given: list[Lines]) -> bytes:
    """What a reader of the whole file would see."""
    data = b"".join(each.data for each in given)
    return data[:-1] if given[-1].open_end else data


def _asked(feed: CsvLines, steps: st.DataObject) -> Iterator[tuple[int, bytes]]:
    """All lines, each with its number, asked for in ways that are drawn."""
    while True:
        block = b""
        if steps.draw(st.booleans()):
            feed.forget()  # a block begins between two records
            assert feed.lines == []
            block = feed.block()
        if block:
            assert not feed.midway
            assert block.endswith(b"\n")
            ends = [at + 1 for at, byte in enumerate(block) if byte == ord("\n")]
            many, first = steps.draw(st.integers(1, len(ends))), feed.first
            feed.skip(ends[many - 1], many)
            assert feed.line == first + many
            open_end = feed.ends_open
            lines = [line + b"\n" for line in block[: ends[many - 1]].split(b"\n")[:-1]]
            lines[-1] = lines[-1][:-1] if open_end else lines[-1]
            yield from enumerate(lines, first)
            continue
        number, held = feed.line, feed.held
        try:
            text = next(feed)
        except StopIteration:
            assert held == 0
            return
        assert feed.lines[-1] == text
        yield number, text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("decoded", [1, 20, csv_lines.DECODED])
def test_each_line_comes_once_and_with_its_number(decoded: int) -> None:
    @given(batches(), st.data())
    def asked(given_lines: list[Lines], steps: st.DataObject) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_lines, "DECODED", decoded)
            feed = CsvLines(iter(given_lines), 10**9)
            found = list(_asked(feed, steps))
        assert [number for number, _ in found] == list(range(1, len(found) + 1))
        assert b"".join(line for _, line in found) == whole(given_lines)

    asked()


def test_the_header_alone_is_made_text_so_that_the_rest_is_a_block() -> None:
    feed = CsvLines(iter([Lines(1, b"a,b\n1,2\n3,4\n")]), 100)

    assert next(feed) == "a,b\n"
    assert not feed.midway
    assert feed.block() == b"1,2\n3,4\n"
    assert feed.held == 2


def test_there_is_no_block_while_lines_of_it_are_given_out() -> None:
    feed = CsvLines(iter([Lines(1, b"a\nb\nc\n")]), 100)
    next(feed)
    next(feed)

    assert feed.midway
    assert feed.block() == b""
    assert next(feed) == "c\n"
    assert feed.block() == b""


def test_an_unfinished_rest_comes_with_the_next_lines() -> None:
    feed = CsvLines(iter([Lines(1, b'1\n"2\n'), Lines(3, b'3"\n')]), 100)

    assert feed.block() == b'1\n"2\n'
    feed.skip(2, 1)
    assert feed.block() == b'"2\n3"\n'
    assert feed.line == 2
    assert feed.block() == b'"2\n3"\n' or feed.blocks == 2


def test_bytes_that_are_no_text_are_kept_and_said_to_be_doubtful() -> None:
    feed = CsvLines(iter([Lines(1, b"a\n\xff\n")]), 100)

    assert next(feed) == "a\n"
    assert not feed.doubtful
    assert next(feed) == "\udcff\n"
    assert feed.doubtful


def test_a_record_beyond_the_limit_is_refused() -> None:
    feed = CsvLines(iter([Lines(1, b"aaaa\nbbbb\n")]), 6)
    next(feed)

    with pytest.raises(TooLong):
        next(feed)


def test_a_line_that_was_streamed_past_is_refused_once_and_has_a_number() -> None:
    feed = CsvLines(iter([Lines(1, b"a\n", too_long=b"xxx"), Lines(3, b"b\n")]), 100)

    assert next(feed) == "a\n"
    assert feed.block() == b""
    with pytest.raises(TooLong):
        next(feed)
    assert feed.lines == ["a\n", "xxx"]
    assert feed.line == 3
    assert next(feed) == "b\n"
