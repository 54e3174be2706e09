"""Sources in an object store: a small one on this machine that speaks S3."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from linkage import investigate
from linkage.errors import InputError, UsageError
from linkage.ingest.remote import PATIENCE, _location, check_address, is_remote, local_copies, shown
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping
from tests.ingest.made import load

CSV = b"account,at,ip\na1,2026-05-04T08:00:00Z,192.0.2.1\n"


@dataclass
class Store:
    """One bucket: its objects by key, and the keys that were fetched."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def address(self, path: str) -> str:
        return f"s3://bucket/{path}?endpoint_override=127.0.0.1:{self.port}&scheme=http&region=us-east-1"


class Server(ThreadingHTTPServer):
    """The store's own server on any free port of this machine."""

    daemon_threads = True

    def __init__(self, store: Store) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store = store
        store.port = self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    """HEAD, GET with ranges, and ListObjectsV2 of one bucket."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        bucket, _, key = unquote(split.path).lstrip("/").partition("/")
        asked = {name: each[0] for name, each in parse_qs(split.query, keep_blank_values=True).items()}
        if bucket != "bucket":
            self._answer(404, b"<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>")
        elif not key and "list-type" in asked:
            self._answer(200, _listed(self.server.store, asked), "application/xml")
        elif not key:
            self._answer(200, b"")
        elif key in self.server.store.objects:
            self._object(key)
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>")

    def _object(self, key: str) -> None:
        data, code, more = self.server.store.objects[key], 200, {}
        if span := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            start, end = int(span[1]), min(int(span[2]), len(data) - 1)
            more = {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
            data, code = data[start : end + 1], 206
        if self.command == "GET":
            self.server.store.fetched.append(key)
        self._answer(code, data, "binary/octet-stream", more)

    def _answer(
        self, code: int, data: bytes, kind: str = "application/xml", more: dict[str, str] | None = None
    ) -> None:
        self.send_response(code)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.send_header("Last-Modified", "Mon, 04 May 2026 08:00:00 GMT")
        self.send_header("ETag", '"0"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, format: str, *given: object) -> None:
        """Nothing on the screen."""


def _listed(store: Store, asked: dict[str, str]) -> bytes:
    prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
    keys, folders = [], set()
    for key in sorted(store.objects):
        rest = key.removeprefix(prefix)
        if not key.startswith(prefix):
            continue
        if delimiter and delimiter in rest:
            folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
        else:
            keys.append(key)
    entries = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(store.objects[key])}</Size>"
        f"<LastModified>2026-05-04T08:00:00.000Z</LastModified><ETag>0</ETag></Contents>"
        for key in keys
    )
    entries += "".join(
        f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in folders
    )
    count = len(keys) + len(folders)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>'
        f"<Prefix>{escape(prefix)}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
    ).encode()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Store()
    server = Server(made)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_folder_of_a_store_is_read_as_one_of_this_machine(store: Store) -> None:
    store.objects = {
        "logs/sessions/dt=2026-05-04/p1.csv": CSV,
        "logs/sessions/dt=2026-05-05/p2.csv": CSV,
        "logs/notes.txt": b"hello\nyou\n",
        "elsewhere/sessions.csv": CSV,
    }
    with local_copies([store.address("logs")], IngestSettings()) as local:
        (folder,) = map(Path, local.sources)
        result = load(folder)
        assert result.table("sessions")["file"].to_pylist() == [
            "sessions/dt=2026-05-04/p1.csv",
            "sessions/dt=2026-05-05/p2.csv",
        ]
        assert list(result.sources.ignored) == ["notes.txt"]
        assert (folder / "sessions/dt=2026-05-04/p1.csv").read_bytes() == CSV
    assert not folder.exists()
    assert "elsewhere/sessions.csv" not in store.fetched


def test_one_object_is_read_as_one_file_and_its_bytes_are_as_they_were(store: Store) -> None:
    packed = b"\x1f\x8b not unpacked on the way"
    store.objects = {"logs/sessions.csv.gz": packed}
    with local_copies([store.address("logs/sessions.csv.gz")], IngestSettings()) as local:
        (file,) = map(Path, local.sources)
        assert (file.name, file.read_bytes()) == ("sessions.csv.gz", packed)


def test_what_lies_outside_the_dates_is_not_fetched(store: Store) -> None:
    keys = [f"logs/sessions/dt=2026-05-0{day}/p.csv" for day in range(1, 8)]
    store.objects = dict.fromkeys(keys, CSV)
    chosen = IngestSettings(since="2026-05-04", until="2026-05-05")
    with local_copies([store.address("logs")], chosen) as local:
        assert {key[len("logs/sessions/dt=") :][:10] for key in store.fetched} == {
            "2026-05-03", "2026-05-04", "2026-05-05",
        }  # fmt: skip
        assert set(local.left_out) == {key.removeprefix("logs/") for key in (*keys[:2], *keys[5:])}
        assert set(local.left_out.values()) == {
            "its folder's date is outside the dates asked for; not fetched"
        }


def test_a_table_whose_rows_have_no_date_is_fetched_whole(store: Store) -> None:
    keys = ["logs/accounts/dt=2026-01-01/p.csv", "logs/people/dt=2026-01-01/p.csv"]
    store.objects = dict.fromkeys([*keys, "logs/other/dt=2026-01-01/p.csv"], CSV)
    chosen, mapping = IngestSettings(since="2026-05-04"), TableMapping(file="people/**/*.csv")
    with local_copies([store.address("logs")], chosen, mappings={"accounts": mapping}) as local:
        assert set(store.fetched) == set(keys)
        assert list(local.left_out) == ["other/dt=2026-01-01/p.csv"]


@pytest.mark.parametrize("path", ["logs", "logs/none.csv"])
def test_an_address_where_nothing_is(path: str, store: Store) -> None:
    with (
        pytest.raises(InputError, match=rf"s3://bucket/{path}: nothing is there"),
        local_copies([store.address(path)], IngestSettings()),
    ):
        pass


def test_a_bucket_that_is_not_there(store: Store) -> None:
    address = store.address("logs").replace("bucket", "another")
    with (
        pytest.raises(InputError, match="s3://another/logs: ") as refused,
        local_copies([address], IngestSettings()),
    ):
        pass
    assert "endpoint_override" not in str(refused.value)


@pytest.mark.parametrize("key", ["logs/../../outside.csv", "logs/a/../../../outside.csv"])
def test_a_key_that_leads_out_of_its_folder_is_refused(key: str, store: Store) -> None:
    store.objects = {key: CSV}
    with (
        pytest.raises(InputError, match=r"leads out of its folder"),
        local_copies([store.address("logs")], IngestSettings()),
    ):
        pass
    assert store.fetched == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("s3://", "s3://: names no bucket"),
        ("gs:///x", "gs:///x: names no bucket"),
        ("s3://bucket/x?nonsense=1", "s3://bucket/x: cannot be read: .*nonsense"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, says: str) -> None:
    with pytest.raises(InputError, match=says), local_copies([address], IngestSettings()):
        pass


def test_an_address_is_shown_without_what_opens_it() -> None:
    assert shown("s3://key:secret@bucket/x?secret_key=s") == "s3://key@bucket/x"
    assert shown("abfs://container@account.example/x") == "abfs://container@account.example/x"


@pytest.mark.parametrize(
    ("address", "instead"),
    [
        ("https://user:pass@example.org/logs.csv", "copy it here first"),
        ("ftp://x/y", "copy it here first"),
        ("iceberg://db.table", "give the table's folder"),
        ("Glue://db.table", "give the table's folder"),
    ],
)
def test_an_address_of_another_kind_is_no_path(address: str, instead: str, tmp_path: Path) -> None:
    scheme = address.partition("://")[0]
    with pytest.raises(UsageError, match=f"no source is read from an address of {scheme}://") as refused:
        investigate(address, case=tmp_path / "case")
    assert "pass" not in str(refused.value)
    assert instead in (refused.value.hint or "")


def test_paths_are_no_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:" / "b").mkdir(parents=True)
    for each in ("logs", "s3:/x", "a://b", Path("https://x"), "s3://b/x", "2026-05-04T08://x y"):
        check_address(each)


def test_s3_by_the_names_that_hadoop_has_for_it(store: Store) -> None:
    store.objects = {"logs/sessions.csv": CSV}
    for scheme in ("s3a", "S3N"):
        with local_copies([store.address("logs").replace("s3", scheme, 1)], IngestSettings()) as local:
            assert (Path(local.sources[0]) / "sessions.csv").read_bytes() == CSV


def test_nobody_waits_for_a_quarter_of_an_hour() -> None:
    assert _location("gs://bucket/x") == f"gs://bucket/x?retry_limit_seconds={PATIENCE}"
    assert _location("GS://bucket/x?a=b") == f"gs://bucket/x?a=b&retry_limit_seconds={PATIENCE}"
    assert _location("gcs://b/x?retry_limit_seconds=2") == "gcs://b/x?retry_limit_seconds=2"
    assert _location("s3://b/x?y=://") == "s3://b/x?y=://"


def test_what_is_an_address_and_what_a_path() -> None:
    assert all(map(is_remote, ["s3://b/x", "S3://b", "gs://b/x", "abfss://c@a/x", "hdfs://h/x"]))
    assert not any(map(is_remote, ["logs", "/logs", "http://x/y", "neo4j://x", "s3:x", Path("s3://b")]))


def test_paths_of_this_machine_are_left_as_they_are(tmp_path: Path) -> None:
    with local_copies([tmp_path, "logs"], IngestSettings()) as local:
        assert local.sources == [tmp_path, "logs"]
