"""An open case: its tables, and its answers about two accounts."""

from pathlib import Path

import pytest

from linkage.case import Case
from linkage.errors import CaseError
from linkage.links import constraints
from tests import made_case
from tests.made_case import FAMILY, GROUP, OPEN, OPERATOR, STRANGERS


def test_graph_has_groups_on_nodes_and_bits_on_edges(made: Path) -> None:
    graph = Case(made).to_networkx()
    assert graph.nodes["acct_00"]["group"] == GROUP
    assert graph.nodes["home_00"]["reason"] == "one customer's own accounts"
    assert graph.edges["acct_00", "acct_01"]["log_odds"] == pytest.approx(12.4)


def test_an_account_of_an_unresolved_group_is_told_from_an_operators(tmp_path: Path) -> None:
    """In the graph, in what links two accounts and in what keeps them apart."""
    case = Case(made_case.write(tmp_path / "open", made_case.unresolved_tables()))
    nodes = case.to_networkx().nodes
    outcomes = [nodes[each]["outcome"] for each in (OPERATOR[0], STRANGERS[0], FAMILY[0])]
    assert outcomes == ["groups", "unresolved", "explained"]
    found = case.explain(*STRANGERS)
    assert (found.group, found.outcome) == (OPEN, "unresolved")
    assert case.explain(OPERATOR[0], OPERATOR[1]).outcome == "groups"
    assert case.explain(OPERATOR[0], STRANGERS[0]).outcome is None
    apart = case.why_not(*STRANGERS)
    assert not apart.together and apart.left.outcome == "unresolved"
    assert any(f"one group ({OPEN}) that is unresolved: one operator and" in each for each in apart.failed)
    assert not any("innocent explanation:" in each for each in apart.failed)


def test_unknown_accounts_and_groups_are_told_with_the_nearest(made: Path) -> None:
    with pytest.raises(CaseError, match="acct_99") as caught:
        Case(made).explain("acct_00", "acct_99")
    assert "acct_0" in caught.value.hint
    with pytest.raises(CaseError, match="no such group") as caught:
        Case(made).members("op-00000000ab")
    assert GROUP in caught.value.hint


def test_every_link_is_prior_plus_the_bits_shown(made: Path) -> None:
    case = Case(made)
    for row in case.links:
        found = case.explain(row["right"], row["left"])
        assert found.log_odds == pytest.approx(
            found.prior_bits + sum(line.bits for line in found.lines), abs=1e-6
        )


def test_every_reason_walks_back_to_file_and_line(made: Path) -> None:
    found = Case(made).explain("acct_04", "acct_01")
    card = next(line for line in found.lines if line.signal == "card")
    assert (found.left, found.right, found.group) == ("acct_01", "acct_04", GROUP)
    assert (card.left_source, card.right_source) == ("payments.csv:3", "payments.csv:6")
    assert "One card pays" in card.meaning
    assert found.observations[card.left_observation or ""].account == "acct_01"
    assert [line.signal for line in found.against] == ["day–night profile"]


def test_a_sentence_stands_beside_the_id_that_evidence_gives(made: Path) -> None:
    found = Case(made).explain("acct_00", "acct_01")
    assert [line.text for line in found.lines if line.signal == "rare template"] == [made_case.SENTENCE]
    assert {line.text for line in found.lines if line.family != "content"} == {None}


def test_a_case_without_a_table_of_sentences_is_read_all_the_same(made: Path) -> None:
    (made / "segments.parquet").unlink()
    (made / "templates.parquet").unlink()
    assert Case(made).texts(["tmpl_9"], made_case.OPERATOR) == {}
    assert Case(made).explain("acct_00", "acct_01").lines


def test_verdicts_show_in_explanations(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("not linked", "acct_00", "acct_01", "two firms"), who="mira")
    found = case.explain("acct_00", "acct_01")
    assert found.verdict == "not linked"
    assert not found.linked
    assert any("a person decided" in reason for reason in case.why_not("acct_00", "acct_01").failed)


def test_why_not_says_not_compared_and_never_different(made: Path) -> None:
    found = Case(made).why_not("lone_1", "acct_04")
    assert {each.family for each in found.not_compared} >= {"network", "payment", "content"}
    assert next(each for each in found.not_compared if each.family == "payment").missing == ("lone_1",)
    country = next(each for each in found.shared if each.trait == "country")
    assert (country.accounts, country.bits) == (8, None)
    assert any("no link" in reason for reason in found.failed)


def test_why_not_gives_the_reason_of_an_explained_group(made: Path) -> None:
    found = Case(made).why_not(FAMILY[0], FAMILY[1])
    assert not found.together
    assert any("one customer's own accounts" in reason for reason in found.failed)
    assert Case(made).why_not("acct_00", "acct_01").together
