"""What speaks against the links of an account, and against its group."""

from typing import Any

from linkage.evidence.signals import case_context
from linkage.evidence.signals.registry import SIGNALS
from linkage.explain.objections import IN_WORDS, account_objections, group_doubts
from linkage.schema import EvidenceLine


def line(signal: str, bits: float) -> EvidenceLine:
    return EvidenceLine(signal, "other", "", bits, "0 others", "", None, None, None)


def against(lines: Any) -> list[str]:
    return [each.to_owner for each in account_objections("a", {}, {}, [], lines)]


def test_each_signal_against_is_said_in_words_the_weightiest_first() -> None:
    lines = [
        ("b", line("grouped apart", -2.0)),
        ("c", line("no common company", -7.0)),
        ("d", line("card", 9.0)),
    ]
    first, second = against(lines)
    assert (
        first
        == f"no common company speaks against one pair, by up to 7.0 bits: {IN_WORDS['no common company']}"
    )
    assert second.startswith("grouped apart speaks against one pair")


def test_a_signal_without_words_is_named() -> None:
    assert against([("b", line("other", -1.0)), ("c", line("other", -3.0))]) == [
        "other speaks against 2 pairs, by up to 3.0 bits"
    ]


def test_words_are_of_signals_that_exist() -> None:
    of_the_case = (case_context.explained, case_context.company, case_context.apart)
    assert set(IN_WORDS) <= {each.name for each in (*SIGNALS, *of_the_case)}


def test_the_doubts_of_a_group_are_told_once_and_in_order() -> None:
    detail = {
        "examined": {"strength": {"level": "narrow", "reasons": ["without payment it fails"]}},
        "against": ["without payment it fails", {"detail": "no address in common"}, {}],
        "gates": ["a sentence", {"name": "size", "passed": True}],
        "competing": {"stories": [{"hypothesis": "b", "bits": 9.0}, {"hypothesis": "a", "bits": 2.0}]},
    }
    found = group_doubts(detail)
    assert found is not None
    assert (found.level, found.reasons) == ("narrow", ("without payment it fails",))
    assert found.against == ("no address in common",)
    assert [gate["name"] for gate in found.gates] == ["size"]
    assert [each["hypothesis"] for each in found.stories] == ["a", "b"]


def test_a_group_of_which_nothing_is_known_has_no_doubts() -> None:
    assert group_doubts({}) is None
    bare = group_doubts({"shares": {}, "by_day": []})
    assert bare is not None
    assert (bare.level, bare.against, bare.gates, bare.stories) == (None, (), (), ())
