"""Signals from text that one account received and another sent on."""

from linkage.signals.signal import signal


@signal("response echo", "lineage")
def response_echo() -> None:
    """An answer generated for one account came back, letter for letter, in the input of the other, which
    was never given it. Answers of any length do not coincide by chance; one that many accounts were given
    or sent on weighs by how few they are. Two people sharing an exported conversation do this once; a
    relay that spreads one conversation over its accounts does it again and again."""
    return None
