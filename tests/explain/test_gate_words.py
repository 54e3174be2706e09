"""A gate that is failed is told in words that say so."""

from linkage.explain.gate_words import ASKS, FAILS, fails, would_fail
from linkage.groups.gates import apply_gates, null_model_gate
from linkage.settings import Settings
from tests.groups.test_gates import OPERATOR


def test_every_gate_has_its_words() -> None:
    chosen = Settings().groups
    gates = [*apply_gates(OPERATOR, chosen), null_model_gate(0.5, chosen)]
    assert [each.name for each in gates] == list(ASKS) == list(FAILS)


def test_no_failure_is_called_by_the_name_of_what_passes() -> None:
    for gate in FAILS:
        assert gate not in fails(gate) and gate not in would_fail([gate])
    assert would_fail(["size", "stable"]) == f"{FAILS['size'][1]}; {FAILS['stable'][1]}"


def test_a_gate_of_another_version_is_named() -> None:
    assert fails("provision") == 'it fails the gate "provision"'
