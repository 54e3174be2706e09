"""Blocks of CSV read by Arrow: what a plain block is, and where its records stand."""

import pytest

from linkage.ingest.formats.plain_csv import Records, read

HEADER = ["account", "at", "prompt"]


def found(block: bytes, *, delimiter: str = ",", most: int = 100) -> Records | None:
    return read(block, HEADER, frozenset({"account", "prompt"}), delimiter, most)


def test_records_over_several_lines_stand_where_they_begin() -> None:
    records = found(b'a,1,"x\r\ny, ""z"""\r\nb,2,\n"c",3," w"\nd,4,"not yet\n')

    assert records is not None
    assert {name: column.to_pylist() for name, column in records.columns.items()} == {
        "account": ["a", "b", "c"],
        "prompt": ['x\r\ny, "z"', "", " w"],
    }
    assert records.lines.tolist() == [0, 2, 3]
    assert records.ends.tolist() == [19, 24, 35]
    assert records.breaks == 4


ODD = [
    b"a,1\n", b"a,1,x,y\n", b"\n", b"\r\n", b"a, 1,x\n", b" a,1,x\n", b'a,1,"x"y\n', b'a,1,x"y"\n',
    b'a,1, "x"\n', b"a,1,x\ry\n", b'a,1,"x\ry"\n', b"a,1,\xff\n", b"a,1,\0\n", b"a,1," + b"x" * 100 + b"\n",
]  # fmt: skip


@pytest.mark.parametrize("block", [*ODD, b'a,1,"x\n'])
def test_a_record_that_may_be_odd_is_not_read(block: bytes) -> None:
    assert found(block) is None


@pytest.mark.parametrize("odd", ODD)
def test_records_before_an_odd_one_are_read(odd: bytes) -> None:
    records = found(b'a,1,"x\n"\nb,2,y\n' + odd + b"c,3,z\n")

    assert records is not None
    assert records.columns["account"].to_pylist() == ["a", "b"]
    assert (records.ends.tolist(), records.breaks, records.stopped) == ([9, 15], 3, True)


def test_a_record_that_goes_on_in_the_next_block_is_not_odd() -> None:
    records = found(b'a,1,x\nb,2,"y\n')

    assert records is not None
    assert (len(records.ends), records.stopped) == (1, False)


def test_after_a_tab_a_blank_is_part_of_the_cell() -> None:
    records = found(b"a\t1\t x\n", delimiter="\t")

    assert records is not None
    assert records.columns["prompt"].to_pylist() == [" x"]


def test_one_column_alone_or_none_that_is_wanted_is_not_read() -> None:
    assert read(b"a\n", ["account"], frozenset({"account"}), ",", 100) is None
    assert read(b"a,b\n", ["x", "y"], frozenset({"account"}), ",", 100) is None
