"""Each format is recognised by its own sample, and by no other's."""

import json
import re
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.errors import InputError, UsageError
from linkage.ingest.adapters.registry import ADAPTERS, adapter
from linkage.ingest.cells import limits
from linkage.ingest.sampling import sample
from linkage.ingest.sniffing import sniffed
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import Files, every_sample, json_rows, lines, write

CHOSEN = IngestSettings()
SAMPLES = every_sample()
TEXTS = (None, True, "", "-", "x", "\x00")
NUMBERS = (0, -1, 1.5, 10**30)
NESTED = ([], [[]], {}, {"a": {"b": [None]}}, [{"id": 1}])
HOSTILE = (*TEXTS, *NUMBERS, *NESTED)


def recognising(path: Path) -> list[str]:
    rows = sample(path, sniffed(path), CHOSEN).rows
    return [name for name, each in ADAPTERS.items() if each.recognises(rows)]


def test_every_format_has_a_sample_and_every_sample_a_format() -> None:
    assert SAMPLES.keys() == ADAPTERS.keys()


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_a_sample_is_of_one_format_alone(name: str, tmp_path: Path) -> None:
    for file in SAMPLES[name]:
        path = write(tmp_path, {file: SAMPLES[name][file]}) / file
        assert recognising(path) == [name], file


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_an_adapter_says_what_it_is(name: str) -> None:
    found = ADAPTERS[name]
    assert found.name == name and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert found.title and found.lacks and found.marks
    assert found.follows and "://" not in found.follows
    assert found.plans(limits(CHOSEN)).keys() == found.tables.keys()


def test_a_format_that_nobody_has_heard_of() -> None:
    with pytest.raises(UsageError, match="no format is called 'nginks'"):
        adapter("nginks")


def test_a_row_of_anything_is_of_no_format() -> None:
    rows = [{"id": "1", "user": "u", "message": "m", "time": 1777881600, "type": "t", "model": "gpt-4o"}]
    assert [name for name, each in ADAPTERS.items() if each.recognises(rows)] == []


def test_the_public_samples_are_of_one_format_each(shared_data: Path) -> None:
    folder = shared_data / "formats" / "samples"
    if not folder.is_dir():
        pytest.skip("there are no samples of formats beside the project")
    found = {
        path.relative_to(folder).as_posix(): recognising(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert found
    assert {path: names for path, names in found.items() if len(names) != 1} == {}


JSON_SAMPLES = [each for _, files in sorted(SAMPLES.items()) for each in json_rows(files)]


@settings(max_examples=200)
@given(st.data())
def test_nothing_that_stands_in_a_row_makes_reading_fail(data: st.DataObject) -> None:
    file, rows = data.draw(st.sampled_from(JSON_SAMPLES))
    changed = deepcopy(rows)
    places = [place for row in changed for place in _places(row)]
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(st.sampled_from(HOSTILE))
    with tempfile.TemporaryDirectory() as folder:
        read_anyway(Path(folder), {f"{file.rpartition('/')[2]}.jsonl": lines(*changed)})


def read_anyway(folder: Path, files: Files) -> None:
    # Without its marks a file is of no format, and then the source holds nothing that is read.
    try:
        read_rows(write(folder, files))
    except InputError as error:
        assert "none of the tables" in str(error)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places inside a value, each as what holds it and the key there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(inside):
        yield value, key
        yield from _places(each)


def test_places_are_all_places() -> None:
    assert len(list(_places(json.loads('{"a": [1, {"b": 2}], "c": 3}')))) == 5
