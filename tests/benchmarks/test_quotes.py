"""The benchmark of quotes: no number of a report is wrong by one without an alarm."""

import re

import pytest

from benchmarks.quotes import Alike, Sent, miscounted

TEXT = "You are the night clerk of ward 7"
OTHER = "You are the night clerk of ward 8"
NEAR = "You are the night clerk of a ward"
SENTENCE = "check the list before you answer"

SENT = Sent(
    {
        "a": {TEXT, f"{SENTENCE} one"},
        "b": {OTHER, f"{SENTENCE} two"},
        "c": {NEAR},
        "d": {TEXT},
        "e": {"hello"},
    }
)
MEMBERS = {"a", "b", "c"}


def alike() -> Alike:
    """Both skeletons of the clerk are one template; one sentence is a cluster that two more accounts sent."""
    return Alike(
        {own: "clerk" if "clerk" in own else own for own in SENT.shown.values()},
        {SENTENCE: ({"a", "b", "e"}, 4)},
    )


def page(kind: str, text: str, members: int, others: int) -> str:
    rest = f"{others} other account{'s' * (others > 1)} sent it, too" if others else "nobody else sent it"
    account = "account" + "s" * (members > 1)
    said = f"1. {kind}, masked: sent 9 times by {members} of 3 {account} of the group; {rest}"
    return f"<figcaption>{said}</figcaption><pre>{text}</pre>"


@pytest.mark.parametrize(
    ("kind", "text", "members", "others"),
    [
        ("Template", TEXT, 3, 1),
        ("System prompt", TEXT, 3, 1),
        ("Template", "You are the night… (20 more characters)", 3, 1),
        ("Sentence", SENTENCE, 2, 2),
        ("Exact text", NEAR, 1, 0),
    ],
)  # fmt: skip
def test_each_number_is_exact(kind: str, text: str, members: int, others: int) -> None:
    assert miscounted(page(kind, text, members, others), SENT, MEMBERS, alike()) == (1, [])
    for wrong in ((members - 1, others), (members + 1, others), (members, others + 1), (members, others - 1)):
        if min(wrong) >= 0:
            found = miscounted(page(kind, text, *wrong), SENT, MEMBERS, alike())
            assert found[0] == 1 and len(found[1]) == 1, wrong


def test_a_text_that_nobody_sent_is_found() -> None:
    assert len(miscounted(page("Template", "Nobody wrote this", 3, 1), SENT, MEMBERS, alike())[1]) == 1
    assert re.search("Template", page("Template", TEXT, 3, 1))
