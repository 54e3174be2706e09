"""Declared units: who openly belongs together, and who only shares a provider."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.groups import declared_units
from linkage.groups.declared_units import Units
from linkage.settings.groups import Units as UnitSettings

Row = tuple[str, str, str]


def names(count: int) -> list[str]:
    return [f"a{i:03d}" for i in range(count)]


def declared(rows: list[Row], accounts: int = 400) -> Units:
    account, trait, value = list(zip(*rows, strict=True)) if rows else [()] * 3
    columns = {"account": account, "trait": trait, "value": value}
    table = pa.table({n: pa.array(c, pa.string()) for n, c in columns.items()})
    return declared_units.declared_units(table, names(accounts), UnitSettings())


def together(found: Units) -> dict[str, list[int]]:
    return {reason: np.flatnonzero(found.unit == i).tolist() for i, reason in enumerate(found.reason)}


def test_an_organisation_and_an_own_domain_are_units() -> None:
    rows = [(a, "organisation", "Acme") for a in names(3)]
    rows += [(a, "email_domain", "acme.example") for a in names(6)[3:]]
    assert together(declared(rows)) == {
        "organisation Acme": [0, 1, 2],
        "own e-mail domain acme.example": [3, 4, 5],
    }


@pytest.mark.parametrize("domain", ["gmail.com", "Proton.me", "qq.com"])
def test_a_public_provider_is_no_unit(domain: str) -> None:
    assert together(declared([(a, "email_domain", domain) for a in names(6)])) == {}


def test_a_domain_of_one_account_is_no_unit() -> None:
    assert together(declared([("a000", "email_domain", "me.example")])) == {}


def test_what_a_large_part_of_all_share_is_a_provider_s() -> None:
    for trait in ("email_domain", "organisation"):
        assert together(declared([(a, trait, "x.example") for a in names(21)])) == {}
    assert together(declared([(a, "organisation", "x") for a in names(20)])) != {}


def test_a_large_domain_is_a_unit_only_where_its_accounts_share_something_else() -> None:
    mail = [(a, "email_domain", "campus.example") for a in names(30)]
    assert together(declared(mail, 1_000)) == {}
    sat = [(a, "prefix", "10.1.2.0/24") for a in names(20)]
    assert together(declared([*mail, *sat], 1_000)) == {"own e-mail domain campus.example": list(range(30))}
    assert together(declared([*mail, *sat[:19]], 1_000)) == {}
    # A network that the whole town uses makes nobody a campus.
    town = [(a, "prefix", "10.1.2.0/24") for a in names(100)]
    assert together(declared([*mail, *town], 1_000)) == {}


def team(funding: str, billing: list[str]) -> list[Row]:
    rows = [(a, "fingerprint", "card") for a in names(len(billing))]
    rows += [(a, "billing_hash", b) for a, b in zip(names(len(billing)), billing, strict=True) if b]
    return rows + [(a, "funding", funding) for a in names(len(billing))]


def test_a_team_s_ordinary_card_under_one_name_is_a_unit() -> None:
    assert together(declared(team("credit", ["b"] * 4))) == {"one card under one billing name": [0, 1, 2, 3]}


@pytest.mark.parametrize(
    ("funding", "billing"),
    [
        pytest.param("virtual", ["b"] * 4, id="a card that any name can be put on"),
        pytest.param("prepaid", ["b"] * 4, id="bought over the counter"),
        pytest.param("credit", ["b", "b", "c", "b"], id="another name on it"),
        pytest.param("credit", ["b", "b", "b", ""], id="no name on it"),
        pytest.param("credit", ["b"], id="one account's"),
        pytest.param("credit", ["b"] * 61, id="too many for a team"),
    ],
)
def test_cards_that_make_no_unit(funding: str, billing: list[str]) -> None:
    assert together(declared(team(funding, billing))) == {}


def test_overlapping_declarations_are_one_unit_named_by_the_commonest() -> None:
    rows = [(a, "organisation", "Acme") for a in names(5)]
    rows += [(a, "email_domain", "acme.example") for a in names(7)[4:]]
    assert together(declared(rows)) == {"organisation Acme": list(range(7))}


def test_a_domain_is_told_from_organisations_and_cards() -> None:
    rows = [(a, "organisation", "Acme") for a in names(5)]
    rows += [(a, "email_domain", "acme.example") for a in names(7)[4:]]
    found = declared(rows + team("credit", ["b"] * 2))
    assert found.unit[:8].tolist() == [0] * 7 + [-1]
    assert found.beside_domain[:8].tolist() == [0] * 5 + [-1] * 3
    alone = declared([(a, "email_domain", "acme.example") for a in names(7)])
    assert (alone.beside_domain == -1).all() and together(alone) == {
        "own e-mail domain acme.example": list(range(7))
    }


def test_same_is_inside_one_unit_only() -> None:
    unit = np.array([0, 0, 1, -1, -1])
    found = Units(unit, ("one", "other"), unit)
    left, right = np.array([0, 0, 3, 2]), np.array([1, 2, 4, 3])
    assert found.same(left, right).tolist() == [True, False, False, False]


def test_the_order_of_the_rows_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    rows = [(a, "organisation", f"o{rng.integers(30)}") for a in names(90)]
    rows += [(a, "email_domain", f"d{rng.integers(40)}.example") for a in names(90)[::2]]
    one, other = declared(rows), declared([rows[i] for i in rng.permutation(len(rows))])
    assert (one.unit == other.unit).all() and one.reason == other.reason
    assert len(one.reason) > 1


def test_nothing_declared() -> None:
    assert together(declared([])) == {}
