"""Signals from what is asked. Alike questions are not guilt: among real people a quarter have a close
neighbour, so each counts by how few accounts ask it, and content alone never makes a group."""

import ibis.expr.types as ir

from linkage.evidence.kinds import Kind
from linkage.evidence.signals.detail import Run, compared, many
from linkage.evidence.signals.signal import ASSUMED, Shared, signal

PUBLIC_TEXTS = (
    f"agreement {ASSUMED}; the floor because what is rare in one provider's log may be common outside it"
    " (public corpora, tutorials), and this log cannot show that"
)
"""Where the numbers of texts come from."""


@signal("rare template", "content", needs="prompt|template|embedding")
def template() -> Shared:
    """Both accounts sent prompts built on one template: near-duplicates once numbers, names, quotations
    and code are masked."""
    return Shared("template", agreement=0.5, floor=0.002, source=PUBLIC_TEXTS)


@signal("rare segments", "content", needs="prompt|segment")
def segments() -> Shared:
    """The accounts' prompts share sentences, word for word or reworded, that few other accounts use. This
    sees a template whose slots differ, whose sentences were reordered, or that was padded with filler."""
    return Shared("segment", agreement=0.5, floor=0.002, source=PUBLIC_TEXTS)


@signal("system prompt", "content")
def system_prompt() -> Shared:
    """Both accounts ran under one system prompt or a close variant of it. Frameworks ship theirs to
    everyone; those are common and weigh nothing."""
    return Shared("system_prompt", agreement=0.6, floor=0.002, source=PUBLIC_TEXTS)


@signal("exact text", "content", needs="prompt|prompt_sha256")
def exact_text() -> Shared:
    """Both accounts sent the same prompt, letter for letter once case, spacing and numbers are set aside."""
    return Shared("prompt", agreement=0.3, floor=0.002, source=PUBLIC_TEXTS)


def _texts_in_common(rows: ir.Table, run: Run) -> ir.StringValue:
    strangers = many(rows.expected.floor().cast("int64"), "was", "were")
    return many(rows["count"], "exact text") + " in common, where about " + strangers + " to be expected"


@signal(
    "queue draining", "content", supports_only=True, needs="prompt|prompt_sha256", detail=_texts_in_common
)
def queue_draining() -> None:
    """Both accounts used one template often and hardly ever sent the same text on it, where any two users
    of that template send many of the same: as if they shared one list of work of which each piece is done
    once. Where every text is new anyway nothing is to be expected and nothing is said."""
    return None


@signal(
    "common themes",
    "content",
    supports_only=True,
    needs="prompt|template|segment",
    kind=Kind.THEMES,
    observed="themes",
    shown="common themes",
    detail=compared("common themes"),
)
def common_themes() -> None:
    """Both accounts come back to the same mixture of common subjects, day after day, more than strangers
    do. Measured against each account's own even and odd days. Many people share a subject, so it only
    supports; unlike subjects say nothing, since work can be divided by subject."""
    return None
