"""The guide: one text, the HTML built from it, and a server that Browser can fetch it from."""

import http.client
import threading
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.graph.browser_links import style
from linkage.graph.guide import asciidoc, legacy, pages
from linkage.graph.guide_server import Served
from linkage.graph.query_safety import refusal
from linkage.graph.questions import question

HOSTILE = "</pre><script>alert(1)</script>'\\u0027&amp;`\n== page"
BROWSER = "http://graph.example:7474"


class Read(HTMLParser):
    """The tags, and the text of what can be run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.runs: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag == "pre"
        if self.inside:
            self.runs.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.runs[-1] += data


def read(text: str) -> Read:
    reader = Read()
    reader.feed(legacy(text))
    return reader


def test_it_has_a_page_for_each_heading() -> None:
    text = asciidoc({})
    found = pages(text)
    assert found[0].title == "Looking into a case"
    assert len(found) == text.count("\n== ") + 1 >= 8
    assert all(page.blocks for page in found)
    assert read(text).tags.count("slide") == len(found)


def test_the_html_runs_what_the_text_runs() -> None:
    text = asciidoc({"case": "spring"})
    listings = [block.text for page in pages(text) for block in page.blocks if block.kind == "listing"]
    assert read(text).runs == listings
    assert len(listings) == text.count("[source,cypher]") > 20
    assert ":param case => 'spring'" in listings
    assert sum("MATCH (g:OperatorGroup {case: $case})" in each for each in listings)


def test_it_holds_no_query_of_its_own_but_the_verdicts() -> None:
    """What reads is an included question; only what writes a verdict stands in the guide itself."""
    text = asciidoc({})
    for page in pages(text):
        for block in page.blocks:
            if block.kind == "listing" and refusal(block.text):
                assert page.title == "Your verdict", block.text


def test_it_gives_the_window_its_style() -> None:
    first = [block.text for block in pages(asciidoc({}))[0].blocks if block.kind == "listing"]
    assert style() in first and ":config autoComplete: false" in first


def test_an_included_question_is_the_question() -> None:
    assert question("overview").cypher.strip() in asciidoc({})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.just(HOSTILE))
def test_a_name_from_data_changes_nothing_but_itself(name: str) -> None:
    plain, hostile = read(asciidoc({"case": "x"})), read(asciidoc({"case": name}))
    assert hostile.tags == plain.tags
    assert len(hostile.runs) == len(plain.runs)


# --- served ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    documents = {"/guide.html": ("text/html; charset=utf-8", b"<p>guide</p>")}
    with Served(documents, port=0, origins=frozenset({BROWSER})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(
    server: Served, method: str, path: str = "/guide.html", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.putrequest(method, path, skip_host=True)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in ({"Host": f"localhost:{server.port}"} | named).items():
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_it_listens_on_loopback_alone(served: Served) -> None:
    assert served.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:7474", "http://localhost:36157", BROWSER])
def test_a_browser_that_asks_first_is_answered(served: Served, origin: str) -> None:
    asked = {"Access_Control_Request_Method": "GET", "Access_Control_Request_Headers": "cache-control,pragma"}
    status, headers, _ = ask(served, "OPTIONS", Origin=origin, **asked)
    assert status == 204
    assert headers["access-control-allow-origin"] == origin
    allowed = headers["access-control-allow-headers"].replace(" ", "").split(",")
    assert {"cache-control", "pragma"} <= set(allowed)
    status, headers, body = ask(served, "GET", Origin=origin)
    assert (status, body) == (200, b"<p>guide</p>")
    assert headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost.evil.example", "http://a@evil"]
)
def test_another_page_is_told_nothing(served: Served, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        status, headers, body = ask(served, method, Origin=origin)
        assert status == 403
        assert "access-control-allow-origin" not in headers
        assert b"guide</p>" not in body


def test_a_name_that_only_points_here_is_refused(served: Served) -> None:
    assert ask(served, "GET", Host="rebound.example")[0] == 403


@pytest.mark.parametrize("path", ["/", "/../password", "/guide.html/..", "/etc/passwd"])
def test_only_the_documents_are_served(served: Served, path: str) -> None:
    assert ask(served, "GET", path)[0] == 404


def test_what_writes_is_not_answered(served: Served) -> None:
    assert ask(served, "POST")[0] == 501
    assert ask(served, "HEAD")[2] == b""
