"""The report on paper, set by Typst: what is data reaches it as data, and is never read as markup."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from linkage.distribution import install_command
from linkage.errors import UsageError
from linkage.report.document import (
    Answer,
    Answers,
    Block,
    Cell,
    Document,
    Entry,
    Example,
    Facts,
    Group,
    Index,
    Names,
    Number,
    Picture,
    Points,
    Prose,
    Section,
    Sides,
    Table,
    Withheld,
)
from linkage.report.formatting import clean, cut
from linkage.report.svg import on_paper

TEMPLATE = Path(__file__).parent / "page.typ"
STANDARDS = ["a-2b", "ua-1"]
"""What is written is for archives (ISO 19005-2) and for screen readers (ISO 14289-1); Typst checks both."""

LONG, PIECE = 18, 6
"""Characters of a word beyond which it may be broken, and of the pieces."""

SHORTEST = 24
"""Characters of a picture's text that are always shown."""

DRAWN = (
    (0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F),
    (0x2010, 0x2014), (0x2018, 0x201E), (0x2212, 0x2212), (0x2026, 0x2026), (0xD7, 0xD7), (0x20AC, 0x20AC),
)  # fmt: skip
"""Characters that the typeface Typst brings along has, and that are simply drawn. Those of the machine are
not used, as another machine has others; whatever they would be needed for stands as its number."""


def render(document: Document) -> bytes:
    """The file; the same document gives the same bytes. Raises UsageError where Typst is not installed."""
    compile_ = typesetter()
    files = {
        "main": TEMPLATE.read_bytes(),
        "data.json": json.dumps(_as_data(document)).encode("ascii"),
    }
    return bytes(
        compile_(files, format="pdf", pdf_standards=STANDARDS, ignore_system_fonts=True, timestamp=0)
    )


def typesetter() -> Callable[..., Any]:
    """Typst; raises UsageError naming the extra where it is not installed."""
    try:
        import typst
    except ModuleNotFoundError as error:
        raise UsageError(
            "PDF is written by Typst, which is not installed", hint=install_command("pdf")
        ) from error
    return typst.compile


def drawn(text: object) -> str:
    r"""The text with whatever the typeface lacks as `\u{…}`, and with places where long words may break."""
    return _broken(_plain(text))


def _plain(text: object) -> str:
    said = clean(text).replace("\t", "    ")
    return "".join(each if _simple(each) else f"\\u{{{ord(each):x}}}" for each in said)


def _simple(each: str) -> bool:
    return each == "\n" or any(low <= ord(each) <= high for low, high in DRAWN)


def _label(text: str) -> str:
    """A text of a picture, which must not grow."""
    return cut(_plain(text).replace("\n", " "), max(len(text), SHORTEST))


def _broken(text: str) -> str:
    """Long words with places where a line may end: nothing may stand beyond the edge of the paper."""
    return "\n".join(
        " ".join(_pieces(word) if len(word) > LONG else word for word in row.split(" "))
        for row in text.split("\n")
    )


def _pieces(word: str) -> str:
    return "\u200b".join(word[start : start + PIECE] for start in range(0, len(word), PIECE))


def _as_data(document: Document) -> dict[str, Any]:
    return {
        "title": drawn(document.title),
        "label": drawn(document.label),
        "date": [int(each) for each in document.day.split("-")],
        "about": [[drawn(name), drawn(value)] for name, value in document.about],
        "contents": document.contents,
        "opening": _sections(document.opening),
        "groups": [_group(group, folded=False) for group in document.groups],
        "annex": [_group(group, folded=True) for group in document.groups if _folds(group)],
        "closing": _sections(document.closing),
    }


def _group(group: Group, *, folded: bool) -> dict[str, Any]:
    """The sections of a group that stand in the report, or those that stand in its annex."""
    own = [each for each in group.sections if each.folded == folded]
    return {"name": drawn(group.name), "sections": _sections(own)}


def _folds(group: Group) -> bool:
    return any(each.folded for each in group.sections)


def _sections(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return [
        {"title": drawn(each.title), "blocks": [_block(block) for block in each.blocks]} for each in sections
    ]


def _block(block: Block) -> dict[str, Any]:
    return {"kind": block.kind, **(_compound(block) or _text_block(block))}


def _compound(block: Block) -> dict[str, Any] | None:
    """A block made of other things than texts; None for any other."""
    match block:
        case Facts():
            return {"pairs": [[drawn(name), _cell(value), drawn(why)] for name, value, why in block.pairs]}
        case Table():
            return _table(block)
        case Picture():
            said = {"title": drawn(block.title), "said": drawn(block.said), "note": drawn(block.note)}
            return said | {"svg": on_paper(block.drawing, _label)}
        case Index():
            return {"entries": [_entry(each) for each in block.entries]}
        case Answers():
            return {"rows": [_answer(each) for each in block.rows]}
        case Sides():
            return dict(zip(("left", "right"), _sections((block.left, block.right)), strict=True))
        case _:
            return None


def _text_block(block: Block) -> dict[str, Any]:
    match block:
        case Prose():
            return {"text": drawn(block.text), "strong": block.strong}
        case Points():
            return {"said": [drawn(each) for each in block.said]}
        case Example():
            return {"caption": drawn(block.caption), "text": drawn(block.text)}
        case Names():
            return {"caption": drawn(block.caption), "names": [drawn(each) for each in block.names]}
        case Withheld():
            return {"what": drawn(block.what), "why": drawn(block.why)}
        case _:
            raise TypeError(f"{block.kind} is no block of texts")


def _answer(answer: Answer) -> dict[str, Any]:
    return {"question": drawn(answer.question), "said": [*map(drawn, answer.said)], "known": answer.known}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "name": drawn(entry.name),
        "place": entry.place,
        "stands": drawn(entry.stands),
        "part": round(100 * entry.part),
        "figures": [[drawn(name), _cell(value)] for name, value in entry.figures],
        "said": drawn(entry.said),
    }


def _cell(cell: Cell) -> str | dict[str, Any]:
    return {"text": drawn(cell.text), "place": cell.place} if isinstance(cell, Number) else drawn(cell)


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": drawn(table.caption),
        "heads": [drawn(each) for each in table.heads],
        "rows": [[_cell(each) for each in row] for row in table.rows],
        "right": sorted(table.right),
        "columns": _columns(table),
    }


def _columns(table: Table) -> Sequence[str | int]:
    """Numbers and short texts take what they need; the rest is shared by how much there is to say."""
    widths: list[str | int] = []
    for column, head in enumerate(table.heads):
        longest = max((len(_text(row[column])) for row in table.rows), default=0)
        short = column in table.right or longest <= 18
        widths.append("auto" if short and column != table.wide else max(8, min(60, max(longest, len(head)))))
    return widths


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text
