import gzip
import importlib.util
from collections import Counter
from pathlib import Path

from linkage.lab.evaluate import read_truth

FIXTURES = Path(__file__).parents[2] / "fixtures"


def contents(folder: Path) -> dict[str, bytes]:
    """Text of every made file: compressed ones unpacked, as another zlib may pack the same text otherwise."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    return {
        str(path.relative_to(folder)): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz"
        else path.read_bytes()
        for path in files
    }


def test_the_script_makes_the_files_that_are_here(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_fixtures", FIXTURES / "make.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make(tmp_path)
    made, kept = contents(tmp_path), contents(FIXTURES)
    assert made.keys() == kept.keys()
    assert [name for name in made if made[name] != kept[name]] == []


def test_three_operators_of_a_dozen_or_more_among_innocents() -> None:
    truth = read_truth(FIXTURES / "truth.csv")
    sizes = Counter(operator for operator in truth.values() if operator)
    assert len(truth) == 600 and len(sizes) == 3 and min(sizes.values()) >= 12


def test_it_is_small_and_hardly_broken() -> None:
    assert sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()) < 1_500_000
    lines = [
        line for name, text in contents(FIXTURES).items() if "part-" in name for line in text.splitlines()
    ]
    whole = [
        line
        for line in lines
        if line.endswith(b"}") and b"2025-13-45" not in line and b"\xc3\x28" not in line
    ]
    assert len(whole) == 7_000 and len(lines) == 7_003
