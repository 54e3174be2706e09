"""The part of a group's page on the explanations that compete with one operator."""

from collections.abc import Iterable, Mapping
from typing import Any

from linkage.cli.screen.layout import FAINT, heading, indented, rows, text
from linkage.cli.screen.text import bits

Row = Mapping[str, Any]


def competing(found: Row) -> Iterable[Any]:
    """One operator against each innocent story, and what each feature says; nothing where that is not
    known."""
    stories = sorted(found.get("stories") or (), key=lambda each: each["bits"])
    if not stories:
        return
    yield heading("Competing explanations: bits for one operator against each")
    names = [each["hypothesis"] for each in stories]
    said = [_most(name, found["features"]) for name in names]
    body = [(each["hypothesis"], bits(each["bits"]), *most) for each, most in zip(stories, said, strict=True)]
    columns = ("explanation", "bits", "for this explanation*", "for one operator*")
    yield indented(rows(columns, body, right="bits"))
    known = "; ".join(f"{each['feature']}: {each['state']}" for each in found["features"])
    yield indented(text(f"known: {known}", FAINT))
    missing = f", as the source has no {' and no '.join(found['missing'])}" if found["missing"] else ""
    yield indented(
        text(f"reported from {bits(found['margin'])} bits against every one of them{missing}", FAINT)
    )
    yield indented(text(f"what would decide: {found['settles']}"))


def _most(story: str, features: Iterable[Row]) -> tuple[str, str]:
    """The feature that says most for a story, and the one that says most against it."""
    ordered = sorted(features, key=lambda each: each["bits"][story])
    low, high = (ordered[0], ordered[-1]) if ordered else (None, None)
    return _said(low, story, -1), _said(high, story, 1)


def _said(feature: Row | None, story: str, sign: int) -> str:
    if feature is None or feature["bits"][story] * sign <= 0:
        return ""
    return f"{feature['feature']} {feature['state']} ({bits(abs(feature['bits'][story]))})"
