"""What the program writes is for its owner alone, whatever stood there before and whatever the umask is."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linkage.bundle import seal
from linkage.bundle.signing import new_key
from linkage.bundle.trusted_signers import Trusted, trust
from linkage.cli.files import make_folder, write_bytes
from linkage.errors import UsageError
from linkage.ingest.quarantine import Quarantine
from linkage.private_files import close_to_others, private_folder, replacing, write_private
from tests import made_case
from tests.conftest import Command


@pytest.fixture(autouse=True)
def everybody_may_read() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_file(path: Path) -> Path:
    path.write_text("old")
    path.chmod(0o666)
    return path


def test_a_file_that_everybody_could_read_is_replaced(tmp_path: Path) -> None:
    path = open_file(tmp_path / "out.html")
    with path.open() as reader:  # somebody waits for what comes
        write_bytes(path, b"card_1")
        assert reader.read() == "old"
    assert mode(path) == 0o600 and path.read_bytes() == b"card_1"
    write_bytes(tmp_path / "new.html", b"x")
    assert mode(tmp_path / "new.html") == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new.html", "out.html"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = open_file(tmp_path / "elsewhere")
    (tmp_path / "out").symlink_to(target)
    write_private(tmp_path / "out", b"card_1")
    assert target.read_text() == "old"
    assert not (tmp_path / "out").is_symlink() and mode(tmp_path / "out") == 0o600


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = open_file(tmp_path / "out")
    with pytest.raises(ValueError, match="stop"), replacing(path) as file:
        file.write(b"half")
        raise ValueError("stop")
    assert path.read_text() == "old" and [each.name for each in tmp_path.iterdir()] == ["out"]


KILLED = """
import os, signal, sys
from pathlib import Path
from linkage.private_files import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"card_1")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_is_private_and_goes_with_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == -9
    (part,) = tmp_path.iterdir()
    assert mode(part) == 0o600
    write_private(path, b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_private(tmp_path / "pipe", b"x")
    reader.join(10)
    assert heard == [b"x"] and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_what_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "out"):
        with pytest.raises(UsageError, match="cannot be written"):
            write_bytes(path, b"x")


def test_folders_lose_what_others_may(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(0o777)
    assert mode(private_folder(tmp_path / "old")) == mode(private_folder(tmp_path / "a" / "b")) == 0o700
    make_folder(tmp_path / "c")
    assert mode(tmp_path / "c") == 0o700
    close_to_others(open_file(tmp_path / "file"))
    assert mode(tmp_path / "file") == 0o600


def _quarantine(folder: Path) -> Path:
    with Quarantine(open_file(folder / "quarantine.ndjson"), 100) as made:
        made.add("payments", "p.csv", 1, reason="no account", raw="card_1")
    return made.path


def _signers(folder: Path) -> Path:
    key = new_key(folder / "key", "legal@provider.example")
    who = Trusted("legal@provider.example", ("view",))
    trust(key.public, who, key.fingerprint, into=open_file(folder / "signers"))
    return folder / "signers"


def _secret(folder: Path) -> Path:
    (folder / "seal").mkdir(0o777)
    open_file(folder / "seal" / "secret").write_text("5a" * 32)
    seal.read_secret(folder)
    assert mode(folder / "seal") == 0o700
    return folder / "seal" / "secret"


@pytest.mark.parametrize("write", [_quarantine, _signers, _secret])
def test_others_cannot_read(write: Callable[[Path], Path], tmp_path: Path) -> None:
    assert mode(write(tmp_path)) == 0o600


def test_every_file_that_a_command_writes_of_a_case(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    for name, words in {
        "report.html": ("report", case, "--out"),
        "rows.csv": ("export", case, "--format", "csv", "--out"),
        "shared.json": ("share", case, made_case.GROUP, "--provider", "p", "--out"),
        "page.html": ("appeal", case, "acct_00", "--out"),
    }.items():
        code, _, said = linkage(*words, open_file(tmp_path / name))
        assert code == 0, said
        assert mode(tmp_path / name) == 0o600 and (tmp_path / name).read_bytes() != b"old"
    assert {mode(each) for each in case.iterdir() if each.is_file()} == {0o600}
