"""What a notebook shows is inert, whatever the logs hold, and short."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from linkage.explain import html

HOSTILE = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)> \"' &amp; \x1b[2J\u202e\u2066"
TEXTS = st.text(max_size=60) | st.just(HOSTILE)


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(name == "style" for name, _ in attrs)
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS)
def test_a_text_from_data_is_text_alone(hostile: str) -> None:
    def page(cell: str) -> str:
        return (
            html.line("a ", cell, cell)
            + html.table((cell, "b"), [(cell, [cell, cell])])
            + html.points([cell])
            + html.folded(cell, html.line("", html.value(cell, cell)))
        )

    shown, plain = Tags(page(hostile)), Tags(page("x"))
    assert shown.tags == plain.tags
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown.text)


def test_a_long_table_is_folded() -> None:
    rows = [(number,) for number in range(html.SHOWN + 3)]
    shown = html.table(("number",), rows)
    assert Tags(shown).tags.count("tr") == len(rows) + 2 and "<summary>3 more</summary>" in shown
    assert "<details>" not in html.table(("number",), rows[: html.SHOWN])
    assert html.table(("number",), []) == html.points([]) == html.folded("nothing", "") == ""


def test_cells_are_short() -> None:
    at = datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC)
    cells = [None, True, 0.123456, 7, at, ["a", "b"], [{"name": "code", "share": 0.5}]]
    assert [html.text(each) for each in cells] == [
        "", "yes", "0.1235", "7", "2026-03-01 10:20", "a, b", "code 0.5",
    ]  # fmt: skip
    assert len(html.text("x" * 5_000)) == html.LONG


def test_a_value_is_named_and_no_digest() -> None:
    assert html.value("0" * 32, "list every assumption") == "“list every assumption”"
    assert html.value("0" * 32, None) == "" and html.value("203.0.113.7", None) == "203.0.113.7"
