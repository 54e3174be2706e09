"""Lines of text files: the same in whatever pieces they are read, packed or not."""

import gzip
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest.formats import streams
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.sniffing import NDJSON, Written
from linkage.settings.ingest import Ingest

CONTENT = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=12).map(
    b"\n".join
)


def found(path: Path, chosen: Ingest, compression: str | None = None) -> tuple[list[Lines], TextFile]:
    file = TextFile(path, path.name, Written(NDJSON, compression), chosen)
    return list(file.lines()), file


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@given(content=CONTENT)
def test_lines_are_those_of_the_file(packed: bool, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "f"
        path.write_bytes(gzip.compress(content) if packed else content)
        parts, file = found(path, Ingest(), "gzip" if packed else None)
        text = content.removeprefix(streams.BOM)
        lines = [line for part in parts for line in part.lines]
        assert lines == (text.removesuffix(b"\n").split(b"\n") if text else [])
        assert file.bytes == path.stat().st_size
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_long_line_is_passed_over_with_its_head_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK_BYTES", 8)
    monkeypatch.setattr(streams, "PIECE", 8)
    (tmp_path / "f").write_bytes(b"one\n" + b"x" * 50 + b"\nthree\n" + b"y" * 20)
    parts, _ = found(tmp_path / "f", Ingest(max_line_bytes=10, quarantined_characters=4))
    assert [(part.first, line) for part in parts for line in part.lines] == [(1, b"one"), (3, b"three")]
    heads = {part.first + len(part.lines): part.too_long for part in parts if part.too_long is not None}
    assert heads == {2: b"xxxx", 4: b"yyyy"}


def test_the_last_line_may_have_no_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"one\ntwo")
    parts, _ = found(tmp_path / "f", Ingest())
    assert [(part.lines, part.open_end) for part in parts if part.lines] == [
        ([b"one"], False),
        ([b"two"], True),
    ]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (Ingest(max_file_bytes=9), "more than 9 bytes"),
        (Ingest(ratio_from_bytes=9, max_ratio=2), "more than 2 times its size"),
    ],
)
def test_a_file_that_grows_too_much_is_refused(chosen: Ingest, says: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(gzip.compress(b"0" * 1000))
    with pytest.raises(InputError, match=says):
        found(tmp_path / "f", chosen, "gzip")
    assert found(tmp_path / "f", Ingest(max_ratio=2), "gzip")[0]
