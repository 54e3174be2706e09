"""Paths that a user gave: where they lead, and what files below them are called."""

from pathlib import Path

import pytest

from linkage.errors import InputError
from linkage.ingest.roots import IN_CATALOG, Names, Root, printable_name, real_path


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        Root.of(tmp_path / "gone")


def test_a_single_file_fits_a_pattern_of_its_name_alone(tmp_path: Path) -> None:
    (tmp_path / "log.csv").touch()
    (tmp_path / "other.csv").touch()
    root = Root.of(tmp_path / "log.csv")
    assert list(root.matching("l*.csv")) == [tmp_path / "log.csv"]
    assert list(root.matching("o*.csv")) == []
    assert list(Root.of(tmp_path).matching("*.csv")) == [tmp_path / "log.csv", tmp_path / "other.csv"]


def test_two_files_of_one_name_are_told_apart_and_one_file_keeps_its_name(tmp_path: Path) -> None:
    names, roots = Names(), []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.csv").touch()
        roots.append(Root.of(tmp_path / folder))
    given = [names.name(root, root.base / "log.csv") for root in (*roots, *roots)]
    assert given == ["log.csv", "two/log.csv", "log.csv", "two/log.csv"]


def test_a_name_that_is_no_text_can_be_printed() -> None:
    assert printable_name(b"a\xff.csv".decode("utf-8", "surrogateescape")) == "a\\xff.csv"


def test_links_in_a_circle_lead_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert real_path(tmp_path / "link") == real_path(tmp_path / "there")
    assert real_path(tmp_path / "one").name in ("one", "two")


@pytest.mark.parametrize("name", ["logs.interactions", "warehouse.logs.interactions"])
def test_a_name_that_only_a_catalog_knows_leads_to_its_folder(name: str) -> None:
    with pytest.raises(InputError, match="no such file or folder") as refused:
        Root.of(Path(name))
    assert refused.value.hint == IN_CATALOG


@pytest.mark.parametrize("name", ["sessions.csv", "x.sessions.json.gz", "logs/interactions", "./a.b", "logs"])
def test_a_path_that_is_not_there_is_no_name_of_a_catalog(name: str) -> None:
    with pytest.raises(InputError) as refused:
        Root.of(Path("gone") / name if name == "./a.b" else Path(name))
    assert refused.value.hint != IN_CATALOG
