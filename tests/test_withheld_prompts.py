"""What a log writes in the place of prompts changes nothing: a row that has a placeholder is withheld."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from linkage import investigate
from tests import promised
from tests.promised import PLAIN, Tables, partition, small

PLACEHOLDERS: dict[str, Callable[[int], str | None]] = {
    "none": lambda n: None,
    "a form": lambda n: "redacted by policy",
    "one text": lambda n: "no text is kept here",
    "a notice": lambda n: (
        "This text was removed under our policy on retention, see https://example.org/policy."
    ),
    "its length": lambda n: f"text of {n} characters is not kept",
    "one of two": lambda n: ("no text is kept here", "kept in another region")[n % 2],
}


def tables(name: str, share: float) -> Tables:
    """The rows of a small world whose prompts have a placeholder on a share of the rows."""
    draw, found = random.Random(7), PLAIN.tables()
    for row in found["interactions"]:
        number = draw.randrange(10, 3000)
        if draw.random() < share:
            row["prompt"] = PLACEHOLDERS[name](number)
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, float], Path]:
    """The case of each world, made once."""

    @cache
    def made(name: str, share: float) -> Path:
        folder = tmp_path_factory.mktemp("withheld")
        investigate(
            promised.write(tables(name, share), folder / "source"), case=folder / "case", settings=small()
        )
        return folder / "case"

    return made


def together(case: Path) -> int:
    """The most accounts of the operator that one group has."""
    own = set(PLAIN.names()[: PLAIN.operator])
    return max((len(own & group) for group in partition(case)), default=0)


@pytest.mark.parametrize(
    ("name", "share"),
    [("a form", 0.7), ("its length", 0.7), ("one of two", 0.7)],
)
def test_a_row_with_a_placeholder_is_a_row_without_a_text(
    name: str, share: float, ran: Callable[[str, float], Path]
) -> None:
    found, wanted = (promised.digests(ran(each, share)) for each in (name, "none"))
    # An observation names the row it was read from, whose id is of the row as it stands in the log.
    assert promised.differing(found, wanted) in ([], ["observations"])


def test_a_share_of_the_texts_finds_no_less_than_none(ran: Callable[[str, float], Path]) -> None:
    """Also where so few rows have it that its use does not tell a placeholder."""
    least = together(ran("none", 1.0))
    assert least > 0
    assert together(ran("none", 0.7)) >= least
    assert together(ran("one text", 0.3)) >= least
