"""Durations are those of Python, in microseconds."""

from datetime import timedelta

import pytest

from linkage.observations import durations


@pytest.mark.parametrize("name", ["second", "minute", "hour", "day"])
def test_a_duration_is_that_of_python(name: str) -> None:
    assert getattr(durations, name.upper()) == timedelta(**{f"{name}s": 1}) // timedelta(microseconds=1)
