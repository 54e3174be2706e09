"""Programs of others that tests work with."""

import shutil

import pytest


def needed(*names: str) -> str:
    """The path of the first of these that is here; skips where none is, which in CI is a failure."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"no {' nor '.join(names)} on this machine; scripts/programs installs Debian's")
    return found
