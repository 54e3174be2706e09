"""gzip files as they are found: several streams, zeros after the last, and what is no stream."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.formats.gzip_members import GzipMembers


def whole(data: bytes, size: int = 100) -> bytes:
    members, found = GzipMembers(io.BytesIO(data)), b""
    while piece := members.read(size):
        assert len(piece) <= size
        found += piece
    return found


@given(
    parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    zeros=st.integers(0, 200_000),
    size=st.integers(1, 1000),
)
def test_streams_are_read_one_after_the_other_whatever_zeros_follow(
    parts: list[bytes], zeros: int, size: int
) -> None:
    assert whole(b"".join(map(gzip.compress, parts)) + bytes(zeros), size) == b"".join(parts)


@pytest.mark.parametrize("rest", [b"x", b"\x1f", b"\0\0garbage", bytes(200_000) + b"end"])
def test_what_follows_a_stream_and_is_none_is_not_passed_over(rest: bytes) -> None:
    members = GzipMembers(io.BytesIO(gzip.compress(b"rows") + rest))
    assert members.read(100) == b"rows"
    with pytest.raises(OSError, match="what follows its end is no gzip stream"):
        members.read(100)


@given(kept=st.floats(0, 0.999))
def test_a_stream_cut_short_is_no_end(kept: float) -> None:
    data = gzip.compress(b"a row of the log\n" * 50)
    with pytest.raises(EOFError):
        whole(data[: int(len(data) * kept)])


def test_a_stream_that_is_broken_is_an_error_without_a_number() -> None:
    data = bytearray(gzip.compress(b"a row of the log\n" * 50))
    data[-6] ^= 255
    with pytest.raises(OSError) as raised:
        whole(bytes(data))
    assert raised.value.errno is None
