"""Attacks on the archive itself: each is refused before anything is opened, with words of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle import zips
from tests.bundle.made import World, standalone
from tests.bundle.zips import Entry, added, changed, deflated, write

Attack = Callable[[list[Entry], Path], Path]
ONE = b"data/claims.jsonl"


def named(name: bytes) -> Attack:
    return lambda good, out: write(out, added(good, Entry(name, b"x")))


def field(**fields: object) -> Attack:
    return lambda good, out: write(out, changed(good, ONE, **fields))


def patched(find: bytes, put: bytes) -> Attack:
    def attack(good: list[Entry], out: Path) -> Path:
        content = write(out, good).read_bytes()
        place = content.rfind(find)
        out.write_bytes(content[:place] + put + content[place + len(put) :])
        return out

    return attack


def cut(good: list[Entry], out: Path) -> Path:
    content = write(out, good).read_bytes()
    out.write_bytes(content[: len(content) // 2])
    return out


ATTACKS: dict[str, tuple[Attack, str]] = {
    "zip slip": (named(b"../outside.txt"), "leads out of the bundle"),
    "zip slip inside": (named(b"data/../../outside.txt"), "leads out of the bundle"),
    "absolute": (named(b"/etc/outside.txt"), "an absolute name"),
    "drive letter": (named(b"C:/outside.txt"), "a drive letter"),
    "device path": (named(b"\\\\?\\C\\outside.txt"), "a network or device path"),
    "backslash": (named(b"data\\outside.txt"), "a backslash"),
    "second stream": (named(b"data/a.txt:hidden.txt"), "a second stream"),
    "reserved name": (named(b"data/con.txt"), "a device's name"),
    "trailing dot": (named(b"data/a.txt."), "ending in dot or blank"),
    "trailing blank": (named(b"data/a.txt "), "ending in dot or blank"),
    "long name": (named(b"data/" + b"a" * 250 + b".txt"), "too long"),
    "not ASCII, as one character": (named("data/é.txt".encode()), "not plain ASCII"),
    "not ASCII, as two": (named("data/e\u0301.txt".encode()), "not plain ASCII"),
    "right to left": (named("data/\u202etxt.exe".encode()), "not plain ASCII"),
    "line end": (named(b"data/a\nb.txt"), "a control character"),
    "escaped line end": (named(b"data/a%0Ab.txt"), "an escaped character"),
    "empty segment": (named(b"data//a.txt"), "outside the grammar"),
    "hidden file": (named(b"data/.hidden.txt"), "outside the grammar"),
    "an archive within": (named(b"data/inner.zip"), "a kind of file that bundles do not hold"),
    "a program": (named(b"data/run.py"), "a kind of file that bundles do not hold"),
    "case twins": (named(b"data/CLAIMS.jsonl"), "differ by case alone"),
    "symbolic link": (field(mode=0o120777 << 16), "a link"),
    "folder entry": (
        lambda g, o: write(o, added(g, Entry(b"data/empty/", b"", mode=0o040755 << 16))),
        "a directory entry",
    ),
    "set-uid": (field(mode=0o104644 << 16), "set-uid"),
    "executable": (field(mode=0o100755 << 16), "another mode"),
    "device": (field(mode=0o020644 << 16), "another mode"),
    "encrypted": (field(flags=1), "encrypted"),
    "streamed": (field(flags=8), "an entry with flags"),
    "time of its own": (field(date=0x5A21), "a time or tool of its own"),
    "extra field": (field(extra=b"\x01\x00\x00\x00"), "extra fields"),
    "duplicate name": (lambda g, o: write(o, added(g, Entry(ONE, b"other"))), "two entries of one name"),
    "header against directory": (field(local_name=b"data/clAims.jsonl"), "differs from the directory"),
    "overlapping": (
        lambda g, o: write(o, [*g[:3], *[Entry(g[3].name, g[3].content, start=0)], *g[4:]]),
        "overlap or leave gaps",
    ),
    "gaps": (lambda g, o: write(o, g, between=b"hidden"), "overlap or leave gaps"),
    "data before": (lambda g, o: write(o, g, before=b"#!/bin/sh\n"), "overlap or leave gaps"),
    "data after": (lambda g, o: write(o, g, after=b"more"), "data after the end"),
    "comment": (lambda g, o: write(o, g, comment=4, after=b"note"), "data after the end"),
    "bomb": (
        lambda g, o: write(
            o, changed(g, ONE, content=deflated(b"0" * 10_000_000), method=8, size=10_000_000, packed=9_000)
        ),
        "a compressed entry",
    ),
    "declared size": (field(size=1 << 30), "larger than the archive"),
    "two sizes": (field(packed=7), "an entry with two sizes"),
    "64 bits": (patched(b"PK\x05\x06", b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff"), "a 64-bit archive"),
    "fewer counted": (lambda g, o: write(o, g, count=len(g) - 1), "bytes that belong to no entry"),
    "more counted": (lambda g, o: write(o, g, count=len(g) + 1), "cut short"),
    "very many files": (
        lambda g, o: write(o, added(g, *[Entry(b"data/%07d.txt" % n, b"") for n in range(1_000)])),
        "too many files",
    ),
    "out of order": (lambda g, o: write(o, list(reversed(g))), "out of order"),
    "truncated": (cut, "a truncated archive"),
    "nothing": (lambda g, o: (o.write_bytes(b""), o)[1], "not an archive"),
    "tar": (
        lambda g, o: (o.write_bytes(b"bagit.txt\0" + b"\0" * 20_000), o)[1],
        "a truncated archive, or none",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, words = ATTACKS[name]
    path = attack(zips.entries(court), tmp_path / "bundle.zip")
    found = sealed.verify(path).report
    assert not found.good
    assert any(words in fault.what and fault.rung == "V0" for fault in found.faults), found.faults
    assert not found.looked, "nothing may be opened in an archive whose form is wrong"
    alone = standalone(path, signers)
    assert alone.returncode == 5 and words in alone.stdout, alone.stderr


def test_the_good_one_is_written_by_the_same_hand(court: Path, sealed: World, tmp_path: Path) -> None:
    path = write(tmp_path / "same.zip", zips.entries(court))
    assert path.read_bytes() == court.read_bytes()
    assert sealed.verify(path).report.good


def test_a_pipe_is_not_waited_for(sealed: World, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.zip")
    assert not sealed.verify(tmp_path / "pipe.zip").report.good
