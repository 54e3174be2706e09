"""Somebody with a shell and the bundle, who does what README-FIRST says, word by word."""

import shutil
import subprocess
import zipfile
from pathlib import Path

from tests.bundle.made import PRINCIPAL
from tests.programs import needed


def commands(bundle: Path) -> str:
    """The commands that the bundle's own README-FIRST prints."""
    with zipfile.ZipFile(bundle) as archive:
        readme = archive.read("data/README-FIRST.txt").decode("ascii")
    script = readme.split("in bash:", 1)[1].split("All of this", 1)[0]
    assert f"-I {PRINCIPAL}" in script and "unzip -q ../BUNDLE.zip" in script
    return script


def by_hand(
    bundle: Path, folder: Path, signers: str, *, roots: Path | None = None, script: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run them in an empty folder with nothing of ours on the path."""
    for program in ("unzip", "sha256sum", "ssh-keygen", "openssl"):
        needed(program)
    (folder / "empty").mkdir(parents=True)
    shutil.copy(bundle, folder / "BUNDLE.zip")
    (folder / "signers").write_text(signers)
    if roots:
        shutil.copy(roots, folder / "roots.pem")
    command = ["bash", "-e", "-o", "pipefail", "-c", script or commands(bundle)]
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        command, cwd=folder / "empty", env=bare, capture_output=True, text=True, check=False
    )
