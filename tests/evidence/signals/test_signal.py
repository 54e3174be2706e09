"""What a signal is."""

from linkage.evidence.signals.signal import Shared, Signal, signal


def test_what_a_signal_needs_is_its_trait_unless_it_says_otherwise() -> None:
    rule = Shared("x", agreement=0.5)
    assert Signal("", "", "", rule).alternatives == (frozenset({"x"}),)
    assert Signal("", "", "", rule, needs="a b|c").alternatives == (frozenset({"a", "b"}), frozenset({"c"}))


def test_strong_signals_propose_or_compute() -> None:
    rule = Shared("x", agreement=0.5)
    weak = Shared("x", agreement=0.5, proposes=False)
    assert Signal("", "", "", rule).strong and Signal("", "", "", None).strong
    assert not Signal("", "", "", weak).strong
    assert not Signal("", "", "", None, supports_only=True).strong


def test_the_docstring_becomes_one_line() -> None:
    @signal("name", "network")
    def made() -> Shared:
        """First line
        and second."""
        return Shared("x", agreement=0.5)

    assert (made.name, made.family, made.meaning) == ("name", "network", "First line and second.")
