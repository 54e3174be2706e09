"""The public surface is these names and no others."""

import subprocess
import sys

import pytest

import linkage


def test_the_front_door_has_three_names() -> None:
    assert linkage.__all__ == ["Settings", "investigate", "open_case"]


def test_each_name_opens() -> None:
    assert all(callable(getattr(linkage, name)) for name in linkage.__all__)
    assert set(linkage.__all__) <= set(dir(linkage))


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="'investigat'"):
        _ = linkage.investigat


def test_star_import_brings_the_public_names() -> None:
    code = "from linkage import *; print(sorted(n for n in dir() if not n.startswith('_')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(linkage.__all__)
