"""Reasons: one name per cause, for each required column."""

from collections import Counter

from linkage import schema
from linkage.ingest import reasons
from linkage.ingest.reasons import Refused


def test_every_reason_has_one_name() -> None:
    names = [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]

    assert len(names) > 25
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert set(reasons.REQUIRED) == {name for table in schema.SOURCES.values() for name in table.required}


def test_what_is_refused_says_why() -> None:
    assert Refused(reasons.NO_TIME).reason == str(Refused(reasons.NO_TIME)) == "no time"
