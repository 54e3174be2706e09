"""Common and combined log format of Apache's mod_log_config, and the format that comes with nginx."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons, sniffing
from linkage.ingest.formats import access_log
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings

TIME = "[04/May/2026:08:00:00 +0000]"
END = '"POST /v1/chat/completions HTTP/1.1" 200 812'


def read_lines(folder: Path, *lines: str | bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows without what is empty, and the reasons of lines that are none."""
    path = folder / "access.log"
    path.write_bytes(b"".join((x if isinstance(x, bytes) else x.encode()) + b"\n" for x in lines))
    chosen = IngestSettings()
    rows: list[dict[str, Any]] = []
    broken: list[str] = []
    file = TextFile(path, path.name, Written(sniffing.ACCESS), chosen)
    for chunk in access_log.chunks(file, frozenset(access_log.COLUMNS), chosen):
        for cells in zip(*chunk.columns.values(), strict=True):
            row = dict(zip(chunk.columns, cells, strict=True))
            rows.append({name: value for name, value in row.items() if value is not None})
        broken += [each.reason for each in chunk.broken]
    return rows, broken


def test_the_combined_format(tmp_path: Path) -> None:
    rows, broken = read_lines(
        tmp_path, f'192.0.2.1 - acct-1 {TIME} {END} "https://example.org/" "curl/8.7.1"'
    )
    assert not broken
    assert rows == [
        {
            "remote_addr": "192.0.2.1",
            "identity": "-",
            "remote_user": "acct-1",
            "time_local": "04/May/2026:08:00:00 +0000",
            "request": "POST /v1/chat/completions HTTP/1.1",
            "status": "200",
            "body_bytes_sent": "812",
            "http_referer": "https://example.org/",
            "http_user_agent": "curl/8.7.1",
        }
    ]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (f"192.0.2.1 - acct-1 {TIME} {END}", "remote_user", "acct-1"),
        (f"2001:db8::1 - acct-1 {TIME} {END}", "remote_addr", "2001:db8::1"),
        (f"example.org:443 192.0.2.1 - acct-1 {TIME} {END}", "remote_addr", "192.0.2.1"),
        (f"example.org:443 2001:db8::1 - acct-1 {TIME} {END}", "remote_addr", "2001:db8::1"),
        (f"192.0.2.1:4711 - acct-1 {TIME} {END}", "remote_addr", "192.0.2.1:4711"),
        (f"192.0.2.1 - John Q. Public {TIME} {END}", "remote_user", "John Q. Public"),
        (f'192.0.2.1 - u {TIME} "-" 408 - "-" "-"', "request", "-"),
        (rf'192.0.2.1 - u {TIME} {END} "-" "a \"quoted\" client"', "http_user_agent", 'a "quoted" client'),
        (rf'192.0.2.1 - u {TIME} {END} "-" "a \x22b\x22 c"', "http_user_agent", 'a "b" c'),
        (rf'192.0.2.1 - u {TIME} {END} "-" "caf\xC3\xA9"', "http_user_agent", "café"),
        (rf'192.0.2.1 - u {TIME} {END} "-" "one\ttwo\\"', "http_user_agent", "one\ttwo\\"),
        (f'192.0.2.1 - u {TIME} {END} "-" "c" "203.0.113.7"', "http_x_forwarded_for", "203.0.113.7"),
        (f'10.0.0.1 - u {TIME} {END} "-" "c" "203.0.113.7, 2001:db8::2"', "http_x_forwarded_for",
         "203.0.113.7, 2001:db8::2"),
    ],
)  # fmt: skip
def test_what_stands_in_a_line(line: str, column: str, value: str, tmp_path: Path) -> None:
    (row,), broken = read_lines(tmp_path, line)
    assert not broken and row[column] == value


@pytest.mark.parametrize("more", ['"0.123"', "0.123 0.1", '"example.org" "t13d1516h2"', "rt=0.3 uct=-"])
def test_what_else_a_server_adds_is_no_address(more: str, tmp_path: Path) -> None:
    (row,), _ = read_lines(tmp_path, f'192.0.2.1 - u {TIME} {END} "-" "c" {more}')
    assert "http_x_forwarded_for" not in row and row["http_user_agent"] == "c"


def test_a_name_without_letters_is_none(tmp_path: Path) -> None:
    (row,), _ = read_lines(tmp_path, f'192.0.2.1 - "" {TIME} {END}')
    assert "remote_user" not in row


@pytest.mark.parametrize(
    "line",
    [
        "2026/05/04 08:00:00 [error] 31#31: *7 connect() failed, client: 192.0.2.1, server: _",
        f'192.0.2.1 - u {TIME} "GET / HTTP/1.1',
        "192.0.2.1 - u",
        "{}",
    ],
)
def test_a_line_that_is_none_is_put_away(line: str, tmp_path: Path) -> None:
    rows, broken = read_lines(tmp_path, f"192.0.2.1 - u {TIME} {END}", line)
    assert len(rows) == 1 and broken == [reasons.NOT_ACCESS_LOG]


@given(st.binary(max_size=80).filter(lambda raw: b"\n" not in raw and b"\r" not in raw))
def test_no_bytes_make_it_fail(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    good = f'192.0.2.1 - u {TIME} {END} "-" "'.encode()
    rows, broken = read_lines(tmp_path_factory.mktemp("log"), good + raw + b'"', raw)
    assert len(rows) + len(broken) <= 2
