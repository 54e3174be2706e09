"""One HTML file for people: no request, no script but its own by its digest, every number with its claim."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from linkage.report.document import Document
from linkage.report.formatting import clean
from linkage.report.svg import with_classes

HERE = Path(__file__).parent


def render(document: Document) -> bytes:
    """The file; the same document gives the same bytes."""
    # The policy allows this one style and this one script: browsers hash them as they read them, so nothing
    # in them is escaped.
    style, script = ((HERE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    text = _page().render(
        document=document,
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        drawn=lambda drawing: clean(with_classes(drawing)),
        number=_numbers(),
    )
    return text.encode("utf-8", "xmlcharrefreplace")


@cache
def _page() -> Template:
    """The page, compiled once: that takes longer than a report of a few groups."""
    surroundings = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
    )
    return surroundings.get_template("page.html")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _numbers() -> Callable[[], int]:
    """A new number each time."""
    counted = count(1)
    return lambda: next(counted)


def _clean(value: Any) -> Any:
    """The value without control characters; what is markup already is the template's own."""
    return clean(value) if type(value) is str else value
