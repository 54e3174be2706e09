"""What is told of a group, and that another provider recognises the operator by it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage import investigate
from linkage.attribution import keyed_indicators
from linkage.attribution.exchange_key import ExchangeKey
from linkage.case import Case
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.errors import CaseError
from linkage.share import export, stix
from tests import returning
from tests.share.conftest import KNOWN_SHARED, STOLEN, Spring
from tests.share.read import indicators


def values(told: export.Shared, trait: str = "fingerprint") -> set[str]:
    return {row["value"] for row in told.rows if row["trait"] == trait}


# --- what is told ----------------------------------------------------------------------------------------


def test_what_the_operator_alone_has_is_told(spring: Spring) -> None:
    told = spring.share()
    assert values(told) == {"hand 2", "hand 3"}
    assert values(told, "billing_hash") == {returning.BILLING}
    assert all(0.5 <= row["confidence"] <= 0.99 for row in told.rows)


def test_what_an_innocent_has_is_held_back(spring: Spring) -> None:
    told = spring.share()
    assert STOLEN not in values(told) and STOLEN.encode() not in told.content
    assert told.held_back["held by an account outside the group, too"] > 0


def test_what_is_known_to_be_shared_is_not_told(spring: Spring) -> None:
    assert KNOWN_SHARED.encode() not in spring.share().content


def test_no_account_and_nobody_elses_value_is_in_it(spring: Spring) -> None:
    content = spring.share(text=True).content.decode()
    for row in spring.case.table("observations").to_pylist():
        inside = int(row["account"][1:]) < 12
        if (
            not inside
            and row["trait"] in ("fingerprint", "billing_hash", "ip", "email_hash")
            and row["value"] != STOLEN
        ):
            assert f"'{row['value']}'" not in content
        assert f'"{row["account"]}"' not in content


def test_text_is_told_when_asked_for_alone(spring: Spring) -> None:
    plain, asked = spring.share(), spring.share(text=True)
    opening = " ".join(returning.WORK.split()[:6])
    assert opening not in plain.content.decode() and opening in asked.content.decode()
    assert {row["trait"] for row in plain.rows} & {"template", "segment"}
    assert values(asked, "prompt") and not values(asked, "template")


def test_a_pseudonym_is_another_for_each_recipient(spring: Spring) -> None:
    one, other = (
        {name for operator in spring.share(recipient=each).operators for name, _ in operator.accounts}
        for each in ("B", "C")
    )
    assert len(one) == len(other) == 12 and one.isdisjoint(other)


def test_many_accounts_are_cut_and_counted(spring: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ACCOUNTS", 5)
    told = spring.share()
    assert len(told.operators[0].accounts) == 5 and told.held_back["accounts beyond the first 5"] == 7
    assert b"12 accounts with" in told.content


def test_no_group_of_the_case(spring: Spring) -> None:
    with pytest.raises(CaseError, match="no reported group"):
        export.share(spring.case, export.Wanted(["op-none"], "A"))


def test_the_same_case_gives_the_same_bytes(spring: Spring) -> None:
    assert spring.share().content == spring.share().content


@pytest.mark.parametrize("keyed", [False, True], ids=["open", "keyed"])
def test_the_table_is_read_back_as_it_was_told(
    keyed: bool, spring: Spring, key: tuple[Path, ExchangeKey], tmp_path: Path
) -> None:
    told = spring.share(key=key[1] if keyed else None)
    found = indicators(told.content, tmp_path)
    wanted = [
        {**row, "source": "Provider A"}
        | (
            {"trait": f"keyed:{row['trait']}", "value": key[1].digest(row["trait"], row["value"])}
            if keyed
            else {}
        )
        for row in told.rows
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str) and found


# --- the other provider ----------------------------------------------------------------------------------

ALONE = "a card of theirs alone"


def run_again(spring: Spring, folder: Path, content: bytes, **more: Any) -> Case:
    """The second provider's case, told what is in a bundle."""
    (folder / "partner.json").write_bytes(content)
    return investigate(
        spring.again,
        case=folder / "summer",
        settings=returning.chosen(),
        indicators=folder / "partner.json",
        **more,
    )


@pytest.fixture(scope="module")
def told_openly(spring: Spring, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return run_again(spring, tmp_path_factory.mktemp("openly"), spring.share(text=True).content)


@pytest.fixture(scope="module")
def told_as_digests(
    spring: Spring, key: tuple[Path, ExchangeKey], tmp_path_factory: pytest.TempPathFactory
) -> Case:
    """Told under a shared key, one value among the rest that the second provider does not have."""
    (operator,) = spring.share().operators
    only = replace(operator.indicators[0], trait="fingerprint", value=ALONE)
    operator = replace(operator, indicators=[only, *operator.indicators])
    content = stix.bundle(stix.Sharing("Provider A", "salt", 0, "TLP:AMBER", [operator], key[1]))
    assert ALONE.encode() not in content
    return run_again(spring, tmp_path_factory.mktemp("digests"), content, exchange_key=key[0])


def story(case: Case, name: str) -> dict[str, Any]:
    (finding,) = case.findings
    told = case.run["groups"][finding["group"]]["attribution"]["stories"]
    found: dict[str, Any] = next((each for each in told if each["hypothesis"] == name), {})
    return found


def matched(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["trait"], each["value"]) for each in found["matches"]}


def test_an_operator_who_comes_back_is_recognised(spring: Spring, told_openly: Case) -> None:
    found = story(told_openly, spring.group)
    assert found["confidence"] in ("moderate", "high")
    assert {"payment", "content"} <= set(found["families"])
    assert ("fingerprint", "hand 2") in matched(found)
    assert {each["source"] for each in found["matches"]} == {"Provider A"}


def test_under_a_shared_key_he_is_recognised_as_well(
    spring: Spring, key: tuple[Path, ExchangeKey], told_as_digests: Case
) -> None:
    found = story(told_as_digests, spring.group)
    assert found["confidence"] in ("moderate", "high")
    assert ("fingerprint", "hand 2") in matched(found)
    assert read_lines(told_as_digests.path / AUDIT)[-1]["detail"]["exchange_key"] == key[1].name()


def test_with_the_key_only_what_both_have_is_learnt(
    spring: Spring, key: tuple[Path, ExchangeKey], told_as_digests: Case
) -> None:
    held = {row["value"] for row in told_as_digests.table("observations").to_pylist()}
    assert {value for _, value in matched(story(told_as_digests, spring.group))} <= held
    for path in told_as_digests.path.iterdir():
        content = path.read_bytes()
        assert ALONE.encode() not in content and key[1].secret.hex().encode() not in content


def keyed_rows(key: ExchangeKey) -> list[dict[str, Any]]:
    digest = key.digest("fingerprint", "hand 2")
    return [
        {"operator": "Heron", "trait": "keyed:fingerprint", "value": digest},
        {"operator": "Heron", "trait": "keyed:fingerprint", "value": "hand 2"},
        {"operator": "Heron", "trait": "fingerprint", "value": "hand 3"},
    ]


HERE = [("fingerprint", "hand 2"), ("fingerprint", "hand 9")]


def opened(key: ExchangeKey | None) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """What becomes of digests under `key` where that or another key is held."""
    split = keyed_indicators.split(keyed_rows(ExchangeKey(b"1" * 32)), key)
    rows = [*split.plain, *(keyed_indicators.opened(split.keyed, HERE, key) if key else [])]
    return [(row["trait"], row["value"]) for row in rows], split.unusable


def test_without_the_key_nothing_is_learnt() -> None:
    found, counted = opened(None)
    assert found == [("fingerprint", "hand 3")]
    assert counted == {keyed_indicators.NO_KEY: 1, keyed_indicators.NO_DIGEST: 1}


def test_another_key_is_told_apart_from_nothing_in_common() -> None:
    found, counted = opened(ExchangeKey(b"2" * 32))
    assert found == [("fingerprint", "hand 3")]
    assert counted == {keyed_indicators.OTHER_KEY: 1, keyed_indicators.NO_DIGEST: 1}


def test_with_the_key_the_value_takes_the_place_of_its_digest() -> None:
    found, counted = opened(ExchangeKey(b"1" * 32))
    assert found == [("fingerprint", "hand 3"), ("fingerprint", "hand 2")]
    assert counted == {keyed_indicators.NO_DIGEST: 1}


def test_the_key_holder_can_try_values_of_a_small_space(key: tuple[Path, ExchangeKey]) -> None:
    """What README warns of: who has the key can digest every address of a network, and look."""
    wanted, guessed = key[1].digest("ip", "198.51.100.77"), ExchangeKey(b"guess" * 8)
    every = [f"198.51.100.{last}" for last in range(256)]
    assert [each for each in every if key[1].digest("ip", each) == wanted] == ["198.51.100.77"]
    assert not [each for each in every if guessed.digest("ip", each) == wanted]
