"""The guide: one AsciiDoc text, filled in for a case, and the HTML that Browser 5 plays built from it.

Of AsciiDoc it uses: a title, one `==` heading a page, paragraphs, `* ` lists, listings between `----`, single
back-quotes, and `include::` of a saved question inside a listing. Newer Browsers play the AsciiDoc itself.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linkage.errors import InputError
from linkage.graph.browser_links import STYLE, literal, style
from linkage.graph.questions import folder, questions

SOURCE = "guide.adoc"
INCLUDE = re.compile(r"include::([\w-]+)\.cypher\[\]")
PARAM = re.compile(r"^:param (\w+) => .*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A piece of a page: a `paragraph`, a `list` (one line an item), or a `listing` to run."""

    kind: str
    text: str


@dataclass(frozen=True)
class Page:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


def asciidoc(values: Mapping[str, str | int]) -> str:
    """The guide with the questions put in, and these values where it names examples."""
    text = INCLUDE.sub(_included, (folder() / SOURCE).read_text("utf-8"))
    # The style itself, so that no server has to be there from which Browser could fetch it.
    text = text.replace(f":style {STYLE}\n", f"{style()}\n")
    return PARAM.sub(lambda found: _param(found, values), text)


def _included(found: re.Match[str]) -> str:
    asked = questions().get(found[1])
    if asked is None:
        raise InputError(f"{SOURCE} includes {found[1]}.cypher, which is not there")
    return f"// {asked.title}\n{asked.advice}{asked.cypher.strip()}"


def _param(found: re.Match[str], values: Mapping[str, str | int]) -> str:
    name = found[1]
    return f":param {name} => {literal(values[name])}" if name in values else found[0]


def pages(text: str) -> list[Page]:
    """The pages of the guide; the title is the first one's."""
    parts = re.split(r"^==? ", text, flags=re.MULTILINE)[1:]
    return [Page(part.partition("\n")[0], tuple(_blocks(part.partition("\n")[2]))) for part in parts]


def _blocks(text: str) -> Iterator[Block]:
    # Listings first: what stands in them may look like anything.
    for at, part in enumerate(re.split(r"^----\n(.*?)^----$", text, flags=re.MULTILINE | re.DOTALL)):
        if at % 2:
            yield Block("listing", part.rstrip("\n"))
            continue
        for each in re.split(r"\n{2,}", part.replace("[source,cypher]\n", "").strip("\n")):
            if each.strip():
                yield Block("list" if each.startswith("* ") else "paragraph", each.strip())


def legacy(text: str) -> str:
    """The guide as Browser 5 plays it. All text is escaped: names in it come from data."""
    slides = "\n".join(map(_slide, pages(text)))
    title = html.escape(pages(text)[0].title)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>'
        f'{title}</title></head>\n<body>\n<article class="guide">\n<carousel class="deck container-fluid">\n'
        f"{slides}\n</carousel>\n</article>\n</body>\n</html>\n"
    )


def _slide(page: Page) -> str:
    blocks = "\n".join(map(_block, page.blocks))
    return (
        '<slide class="row-fluid">\n<div class="col-sm-12">\n'
        f"<h3>{_inline(page.title)}</h3>\n{blocks}\n</div>\n</slide>"
    )


def _block(block: Block) -> str:
    if block.kind == "listing":
        return f'<figure><pre class="pre-scrollable code runnable">{html.escape(block.text)}</pre></figure>'
    if block.kind == "list":
        items = "".join(f"<li>{_inline(each)}</li>" for each in block.text[2:].split("\n* "))
        return f"<ul>{items}</ul>"
    return f"<p>{_inline(block.text)}</p>"


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(" ".join(text.split())))
