"""Mappings name one place where their rows come from."""

import pytest
from pydantic import ValidationError

from linkage.settings.ingest import TableMapping


@pytest.mark.parametrize("place", [{"file": "a.csv"}, {"match": "(a:Account)"}])
def test_a_mapping_is_of_a_file_or_of_a_graph(place: dict[str, str]) -> None:
    assert TableMapping(**place).columns == {}  # type: ignore[arg-type]


@pytest.mark.parametrize("places", [{}, {"file": "a.csv", "match": "(a:Account)"}])
def test_neither_or_both_is_an_error(places: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="either file, or match"):
        TableMapping(**places)  # type: ignore[arg-type]
