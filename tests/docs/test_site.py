"""The pages build into a site without a warning."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.needs("mkdocs", "material", "mkdocstrings")
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "index.html").stat().st_size > 10_000
    signals = (tmp_path / "api" / "signals" / "index.html").read_text("utf-8")
    assert "Both accounts paid with one card" in signals, "docstrings are on the page"
    benchmarks = (tmp_path / "benchmarks" / "index.html").read_text("utf-8")
    assert "What still fails, and why" in benchmarks, "the benchmarks' own text is on the page"
    assert not list(_from_elsewhere(tmp_path)), "a page of the site asks another host for something"


def _from_elsewhere(site: Path) -> list[str]:
    loads = re.compile(
        r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+rel="(?:stylesheet|preconnect)"[^>]+href="https?:'
    )
    return [path.name for path in site.rglob("*.html") if loads.search(path.read_text("utf-8"))]


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text("utf-8")))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert listed == pages
