"""Kinds of evidence keep their numbers, which Parquet files of a run in progress hold."""

from linkage.evidence.kinds import Kind


def test_a_value_is_kind_0_and_the_others_follow_without_a_gap() -> None:
    assert Kind.VALUE == 0
    assert sorted(Kind) == list(range(len(Kind)))
