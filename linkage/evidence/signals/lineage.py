"""Signals from text that one account received and another sent on."""

from linkage.evidence.signals.signal import signal


@signal("response echo", "lineage", needs="response_sha256 context_sha256|response context")
def response_echo() -> None:
    """An answer generated for one account came back, letter for letter, in the input of the other, which
    was never given it. Answers of any length do not coincide by chance; one that many accounts were given
    or sent on weighs by how few they are. Two people sharing an exported conversation do this once; a
    relay that spreads one conversation over its accounts does it again and again."""
    return None


@signal("continued conversation", "lineage", needs="context_sha256|context")
def continued_conversation() -> None:
    """Both accounts carry on conversations that were never theirs: earlier answers in their inputs were
    given to a third account, or to nobody here. Two people who open one shared conversation do this once,
    and then nothing is said; a relay that spreads its conversations over its accounts does it with one
    conversation after another. Each weighs by how few accounts carry it on."""
    return None
