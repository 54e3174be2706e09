"""In CI a test that was skipped has not passed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """
import pytest

def test_skips():
    pytest.skip("no such thing here")

@pytest.mark.needs("no_such_module")
def test_needs():
    raise AssertionError("must not be reached")

@pytest.mark.optional
@pytest.mark.needs("no_such_module")
def test_may_skip():
    raise AssertionError("must not be reached")
"""
WHOLE_FILE = 'import pytest\npytest.importorskip("no_such_module")\n'


def run_sample(folder: Path, text: str, ci: str) -> str:
    markers = "[pytest]\nmarkers =\n    needs\n    optional\naddopts = -p no:cacheprovider\n"
    (folder / "pytest.ini").write_text(markers)
    (folder / "conftest.py").write_text(Path(__file__).with_name("conftest.py").read_text("utf-8"))
    (folder / "test_sample.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(folder)],
        cwd=folder,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", "1 failed, 1 skipped, 1 error"), ("", "3 skipped"), ("false", "3 skipped")]
)
def test_a_skip_fails_in_ci_unless_it_is_optional(ci: str, outcome: str, tmp_path: Path) -> None:
    printed = run_sample(tmp_path, SAMPLE, ci)
    assert outcome in printed, printed


def test_a_file_that_skips_itself_fails_in_ci(tmp_path: Path) -> None:
    assert "1 error" in run_sample(tmp_path, WHOLE_FILE, "true")
    assert "1 skipped" in run_sample(tmp_path, WHOLE_FILE, "")
