"""What the page of a group says against it, and what changed since a verdict."""

from pathlib import Path

import pytest

from tests import made_case
from tests.conftest import Command
from tests.made_case import GROUP, HOME, OPERATOR


@pytest.fixture
def shown(linkage: Command, made: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "140")
    return linkage("show", made, GROUP)[1]


@pytest.mark.parametrize(
    "told",
    [
        "evidence       thin",
        "– one source of evidence holds it together: fingerprint card_1",
        "Links that remain without one family, of 15 links",
        "a sample of 12 of its 15 links was examined",
        "no: too few accounts would be left",
        "without fingerprint card_1 (and 1 other value of the same accounts), the group falls apart into"
        " 3 + 3 accounts",
        "two sides of 3 and 3 accounts are joined by 4 links; one evenly linked group would have 9",
        "the weakest member is acct_05: 2 links, the strongest of +1.2 bits (the median member has 5), in the"
        " group in 60% of resampled runs",
        "acct_00  name another country; work at other hours",
        "little difference",
        "not compared, because too few members have a value: asn",
        "not enough to say   no address is known",
    ],
)
def test_everything_found_is_on_the_screen(shown: str, told: str) -> None:
    assert told in shown


def test_what_speaks_against_stands_before_what_speaks_for(shown: str) -> None:
    assert shown.index("Evidence against") < shown.index("Evidence by family, over")


def test_a_group_that_was_not_examined_shows_nothing_of_it(linkage: Command, tmp_path: Path) -> None:
    run = made_case.receipt()
    del run["groups"][GROUP]["examined"]
    _, out, _ = linkage("show", made_case.write(tmp_path / "case", run=run), GROUP)
    assert "Weakest points" not in out
    assert made_case.SPREAD in out


@pytest.mark.parametrize(
    ("gate", "told"), [("families", True), ("beyond chance", True), ("not public text", False)]
)
def test_a_group_of_which_too_little_is_known_is_told_from_an_explained_one(
    linkage: Command, tmp_path: Path, gate: str, told: bool
) -> None:
    run = made_case.receipt()
    run["groups"][HOME] = {"gates": [{"name": gate, "passed": False, "detail": "1 independent"}]}
    _, out, _ = linkage("show", made_case.write(tmp_path / "case", run=run), HOME)
    line = f"too little evidence to decide whether one operator runs these accounts: {gate} (1 independent)"
    assert (line in " ".join(out.split())) is told


def test_what_has_changed_about_a_verdict_is_told(linkage: Command, tmp_path: Path) -> None:
    run = made_case.receipt()
    since, opposite = ["2 accounts have come since"], ["other verdicts say the opposite"]
    inside = [{"group": GROUP, "accounts": 2}]
    run["verdicts"] = [
        {"verdict": "confirmed", "group": GROUP, "now": [], "holds": True, "said": since},
        {"verdict": "dismissed", "group": "op-old", "now": inside, "holds": True, "said": []},
        {"verdict": "linked", "left": "a", "right": "b", "holds": False, "said": opposite},
    ]
    case = made_case.write(tmp_path / "case", run=run)
    linkage("judge", case, "--confirm", GROUP, "--reason", "seen")
    out = linkage("show", case, GROUP)[1]
    assert "since the verdict: 2 accounts have come since" in out
    assert "since the verdict: 2 of its accounts were in op-old, dismissed by a person" in out
    _, _, err = linkage("groups", case)
    assert f"{GROUP}, confirmed by a person: 2 accounts have come since" in err
    assert "a and b, linked by a person: other verdicts say the opposite" in err


def test_explain_shows_what_speaks_against_and_what_was_not_compared(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("explain", made, OPERATOR[0], OPERATOR[1])
    against = out.partition("Evidence against")[2]
    assert "−1.8  day–night profile" in against
    assert "prior −10.6, evidence for +24.8, evidence against −1.8 bits" in out
    assert "network: no data on acct_00 or acct_01" in against.partition("Not compared")[2]
    assert "compared, but nothing in common that counts: registration" in against


def test_why_not_says_that_too_little_is_known(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("why-not", made, "lone_1", OPERATOR[1])
    assert "not enough to say: both are known only in registration" in " ".join(out.split())
