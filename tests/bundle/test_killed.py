"""A command that is killed leaves nothing of a bundle where bundles are handed out from."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.bundle.bag import write_bag
from linkage.bundle.policy import read_policy
from linkage.bundle.signing import load_key
from linkage.case import Case
from linkage.case.scratch import PREFIX
from tests.bundle.made import ROOT, World, world
from tests.bundle.whole import Whole

KILLED = """
import os, signal, sys
from pathlib import Path
from linkage.bundle import create
from linkage.bundle.policy import read_policy
from linkage.bundle.policy import read_policy
from linkage.bundle.signing import load_key
from linkage.case import Case

def killed(archive):
    assert archive.stat().st_size > 10_000
    os.kill(os.getpid(), signal.SIGKILL)

create.must_verify = lambda key, page: killed
group, case, key, out = sys.argv[1], *map(Path, sys.argv[2:])
create.create(Case(case), create.Wanted([group], read_policy("court"), load_key(key), "court", out))
"""
"""The archive is whole and signed by then, and not yet in its place."""


KILLED_AGAIN = """
import os, signal, sys
from pathlib import Path
from linkage.bundle import rerun
from linkage.bundle.checks.ladder import Asked, verify_bundle

def killed(sources, folder, **more):
    (folder / "plain").write_text("card_1")
    os.kill(os.getpid(), signal.SIGKILL)

signers, bundle, sources = Path(sys.argv[1]).read_text(), Path(sys.argv[2]), Path(sys.argv[3])
found = verify_bundle(str(bundle), Asked(signers))
rerun.rerun(found, bundle, rerun.Given([sources]), investigate=killed)
"""
"""Tables of the case are on disk by then."""


@pytest.fixture
def own(tmp_path: Path) -> World:
    return world(tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder of another file system than the case's."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def killed(own: World, out: Path) -> None:
    group = next(iter(Case(own.case).findings))["group"]
    given = [group, str(own.case), str(own.case.parent / "key"), str(out)]
    done = subprocess.run([sys.executable, "-c", KILLED, *given], cwd=ROOT, check=False)
    assert done.returncode == -9


@pytest.mark.parametrize("before", [b"", b"the bundle of yesterday"])
def test_a_killed_create_leaves_nothing_beside_the_output(before: bytes, own: World, tmp_path: Path) -> None:
    folder = tmp_path / "handed out"
    folder.mkdir()
    if before:
        (folder / "a.zip").write_bytes(before)
    killed(own, folder / "a.zip")
    assert [each.read_bytes() for each in folder.iterdir()] == ([before] if before else [])
    (left,) = own.case.glob(f"{PREFIX}*")
    assert (left / "archive.zip").stat().st_mode & 0o777 == 0o600
    Case(own.case)
    assert not [*own.case.glob(f"{PREFIX}*")]
    own.create(folder / "a.zip")
    assert own.verify(folder / "a.zip").report.good and len([*folder.iterdir()]) == 1


def test_a_bundle_goes_to_another_file_system(own: World, elsewhere: Path) -> None:
    killed(own, elsewhere / "a.zip")
    assert not [*elsewhere.iterdir()]
    own.create(elsewhere / "a.zip")
    assert own.verify(elsewhere / "a.zip").report.good
    assert (elsewhere / "a.zip").stat().st_mode & 0o777 == 0o600
    assert os.listdir(elsewhere) == ["a.zip"]


def test_a_bundle_that_fails_its_check_leaves_nothing(own: World, tmp_path: Path) -> None:
    def refuse(path: Path) -> None:
        raise ValueError(path.name)

    (tmp_path / "scratch").mkdir()
    with pytest.raises(ValueError, match=r"archive\.zip"):
        write_bag(
            tmp_path / "a.zip",
            {"a.txt": b"a"},
            {},
            load_key(tmp_path / "key"),
            scratch=tmp_path / "scratch",
            check=refuse,
        )
    assert not (tmp_path / "a.zip").exists()


def test_what_a_killed_re_run_left_goes_with_the_next(
    whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = whole.bundle(tmp_path / "a.zip", read_policy("court"))
    (tmp_path / "signers").write_text(whole.signers)
    (work := tmp_path / "tmp").mkdir()
    given = [str(each) for each in (tmp_path / "signers", out, whole.sources)]
    where = {**os.environ, "TMPDIR": str(work)}
    done = subprocess.run([sys.executable, "-c", KILLED_AGAIN, *given], cwd=ROOT, env=where, check=False)
    assert done.returncode == -9
    (left,) = work.iterdir()
    assert left.name.startswith(PREFIX) and left.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    assert "V4" in whole.climb(out).report.looked
    assert not [*work.iterdir()]
