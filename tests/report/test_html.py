"""The page: hostile text in every field, numbers that name their claims, nothing but what a view opens."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.bundle import reports
from linkage.bundle.policy import Policy, read_policy
from linkage.bundle.verbal_scale import NEVER
from linkage.cli.app import run
from linkage.report import sections as told
from linkage.report.formatting import clean, spelled
from linkage.report.html import render
from tests import made_case
from tests.bundle.made import GROUP, World, standalone, unpacked, world
from tests.report import hostile, made

VOID = {"meta", "br"}
REPORT = "data/report/report.html"


class Seen(HTMLParser):
    """Every tag with its attributes, the texts, and whether what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(content: bytes) -> Seen:
    seen = Seen()
    seen.feed(content.decode("utf-8"))
    assert not seen.open
    return seen


def shape(content: bytes) -> list[str]:
    return [tag for tag, _ in read(content).tags]


# --- hostile texts ---------------------------------------------------------------------------------

SHAPE = shape(render(made.document(["plain"])))
SPOKEN = {"href", "src", "style", "srcdoc", "action", "data", "formaction", "background", "poster"}


@pytest.mark.parametrize("text", [*hostile.VECTORS, *hostile.HALVES])
def test_hostile_text_stays_text(text: str) -> None:
    seen = read(render(made.document([text])))
    assert [tag for tag, _ in seen.tags] == SHAPE
    for _, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert not [
            each for name, each in attributes.items() if name in SPOKEN and not str(each).startswith("#")
        ]


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=40))
def test_any_text_stays_text(text: str) -> None:
    assert shape(render(made.document([text]))) == SHAPE


@settings(max_examples=300)
@given(st.text(st.characters(), max_size=60))
def test_nothing_that_is_shown_hides_or_turns_what_stands_around_it(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]", shown
    )
    assert not re.search("[\u0300-\u036f]{4}", shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    "hidden", "\u202e\u2066\u200f\u061c\u200b\ufeff\xad\u2028\x9b\U000e0041\ue000\u3164\ufe0f"
)
def test_what_hides_is_shown_by_its_number(hidden: str) -> None:
    assert clean(f"a{hidden}b") == f"a\\u{{{ord(hidden):x}}}b"


def test_the_length_of_a_burst_is_in_words() -> None:
    assert spelled("2026-03-31 11:02 +3 d") == "2026-03-31 11:02 for 3 days"
    assert (
        spelled("508910 from 2026-03-31 11:02 +1 h, held by 2")
        == "508910 from 2026-03-31 11:02 for 1 hour, held by 2"
    )
    assert spelled("+3 days") == "+3 days" and spelled("C++ +3 d.example") == "C++ +3 d.example"


def test_texts_that_are_plain_stay_as_they_are() -> None:
    for text in ("", "a b", "line\n\ttab", "é ü ß", "漢字 हिन्दी عربى", "−3.5 % × 2 – “so”"):
        assert clean(text) == text


def test_a_hostile_case_has_the_shape_of_a_plain_one(tmp_path: Path) -> None:
    """Told of the same things, in the same order, by the same tags."""
    from linkage.case import Case

    shapes = []
    for number, texts in enumerate((hostile.VECTORS, [f"plain {n}" for n in range(len(hostile.VECTORS))])):
        folder = made.case(tmp_path / str(number), texts, 14)
        shapes.append(shape(reports.of_case(Case(folder), []).as_file(".html")))
    counts = [{tag: own.count(tag) for tag in set(own)} for own in shapes]
    assert counts[0] == counts[1]


# --- the policy of the page ------------------------------------------------------------------------


def policy(content: str) -> str:
    found = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', content)
    assert found
    return found[1]


def digest(content: str, tag: str) -> str:
    [text] = re.findall(f"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("scripted", [True, False])
def test_the_policy_allows_one_style_and_at_most_one_script(scripted: bool) -> None:
    content = render(made.document(["plain"], scripted=scripted)).decode()
    expected = f"default-src 'none'; style-src {digest(content, 'style')}"
    expected += f"; script-src {digest(content, 'script')}" if scripted else ""
    assert policy(content) == f"{expected}; base-uri 'none'; form-action 'none'"
    assert "http://" not in content and "https://" not in content
    [style] = re.findall("<style>(.*?)</style>", content, re.DOTALL)
    assert "url(" not in style and "@import" not in style


def test_a_page_in_a_bundle_has_no_script(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    content = unpacked(tmp_path / "a.zip")[REPORT].decode()
    assert "<script" not in content and "script-src" not in content


# --- claims ----------------------------------------------------------------------------------------


@pytest.fixture
def rich(tmp_path: Path) -> World:
    """A sealed case in which everything is known of the group."""
    told = made.receipt(made.words(made.PLAIN), made_case.OPERATOR)
    group = told["groups"][made_case.GROUP]
    group["examined"]["weakest_member"]["account"] = made_case.OPERATOR[5]
    # A verifier words these again from their numbers.
    group |= {name: made_case.receipt()["groups"][made_case.GROUP][name] for name in ("gates", "enrichment")}
    for each in group["examined"]["without_family"]:
        each["failed"] = ["size"] if each["failed"] else []
    group["taken"] |= {"days": 26, "targets": []}
    group["taken"]["distillation"] |= {"score": None, "accounts": 6}
    group["against"] = made_case.points(group["examined"])
    return world(tmp_path, run={**told, "settings": made_case.receipt()["settings"]})


def test_every_number_names_its_claim(rich: World, tmp_path: Path) -> None:
    rich.create(tmp_path / "a.zip")
    seen = read(unpacked(tmp_path / "a.zip")[REPORT])
    shown = [attributes for tag, attributes in seen.tags if tag == "data"]
    assert len(shown) > 15 and all(each["data-claim"] for each in shown)
    assert len({each["id"] for each in shown}) == len(shown)
    ids = [each["id"] for _, each in seen.tags if "id" in each]
    assert len(set(ids)) == len(ids)
    links = {str(each["href"])[1:] for tag, each in seen.tags if tag == "a"}
    assert links <= set(ids)
    assert rich.verify(tmp_path / "a.zip").report.good


def test_a_report_with_another_number_is_refused(rich: World, tmp_path: Path) -> None:
    from tests.bundle.made import forged

    def change(files: dict[str, bytes]) -> None:
        files[REPORT] = re.sub(rb'value="6"', b'value="7"', files[REPORT], count=1)

    rich.create(tmp_path / "a.zip")
    broken = forged(tmp_path / "a.zip", tmp_path / "b.zip", change, rich.key)
    assert "the report shows another number" in str(rich.verify(broken).report.faults)


def test_every_table_and_picture_says_what_it_is(rich: World, tmp_path: Path) -> None:
    rich.create(tmp_path / "a.zip")
    content = unpacked(tmp_path / "a.zip")[REPORT].decode()
    assert content.count("<table>") == content.count("<caption>") > 15
    for table in re.findall("<table>.*?</table>", content, re.DOTALL):
        assert '<th scope="col"' in table
    drawings = content.count('<svg class="on-page" ')
    assert drawings == content.count('<svg class="on-phone" ') == content.count("<details>") == 6
    assert content.count("<title id=") == content.count("<desc id=") == 2 * drawings


def test_generated_words_promise_nothing(rich: World) -> None:
    from linkage.case import Case

    content = reports.of_case(Case(rich.case), []).as_file(".html")
    found = NEVER.findall(" ".join(read(content).texts))
    assert found == []


# --- what a view opens -----------------------------------------------------------------------------


def view(own: World, out: Path, policy: Policy) -> dict[str, bytes]:
    own.create(out, policy=policy)
    assert own.verify(out).report.good
    return unpacked(out)


def test_a_view_shows_what_it_opens(rich: World, tmp_path: Path) -> None:
    """And names what is withheld where it would stand, with the reason."""
    files = view(rich, tmp_path / "a.zip", replace(read_policy("public"), min_k=2))
    content = files[REPORT].decode()
    for name in (*made_case.OPERATOR, "card_1", "tmpl_9"):
        assert name not in content
        assert not [path for path, each in files.items() if "/plots/" in path and name.encode() in each]
    for missing in (
        "Which accounts a link joins",
        "Values that accounts share",
        "How the group was examined",
    ):
        assert (
            f"{missing}: withheld." in content or "Which accounts are linked with which: withheld." in content
        )
    assert "Which accounts are linked with which: withheld." in content
    assert "Values that accounts share: withheld." in content and "Gates: withheld." in content
    drawn = {path.rpartition("-")[2] for path in files if "/plots/" in path}
    assert drawn == {"timeline.vl.json", "week.vl.json", "families.vl.json", "link.vl.json"}


def test_a_court_sees_the_network(rich: World, tmp_path: Path) -> None:
    files = view(rich, tmp_path / "a.zip", read_policy("court"))
    content = files[REPORT].decode()
    assert all(name in content for name in made_case.OPERATOR)
    assert "names of the provider&#39;s staff" in content
    assert f"data/report/plots/{GROUP}-network.vl.json" in files


def test_a_text_that_is_withheld_is_named() -> None:
    units = [("group/op-1/accounts", 3), ("template/op-1/000/sent", [1, 2, 3])]
    withheld = {"template.example": {"units": 1, "reason": "on order of the court"}}
    document, _ = told.document(
        lambda start: [unit for unit in units if unit[0].startswith(start)],
        told.Given("t", "l", withheld=withheld),
    )
    content = render(document).decode()
    assert "The text of requests: withheld. <bdi>on order of the court.</bdi>" in content
    assert "sent 3 times by 1 of 0 accounts of the group; 2 other accounts sent it, too" in content


def test_both_verifiers_take_a_bundle_with_paper(rich: World, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    rich.create(tmp_path / "a.zip", pdf=True)
    rich.create(tmp_path / "b.zip", pdf=True)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert unpacked(tmp_path / "a.zip")["data/report/report.pdf"].startswith(b"%PDF-")
    assert rich.verify(tmp_path / "a.zip").report.good
    signers = tmp_path / "signers"
    signers.write_text(rich.signers)
    assert standalone(tmp_path / "a.zip", signers).returncode == 0


# --- the command -----------------------------------------------------------------------------------


def test_the_command_writes_what_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = world(tmp_path)
    starts = {".html": b"<!DOCTYPE html>", ".xlsx": b"PK", ".pdf": b"%PDF-"}
    for suffix, start in starts.items():
        out = tmp_path / f"report{suffix}"
        assert run(["report", str(own.case), "--out", str(out)]) == 0
        assert out.read_bytes().startswith(start)
    content = (tmp_path / "report.html").read_text()
    assert made_case.GROUP in content and "Internal draft: unsigned, names real accounts" in content
    plots = tmp_path / "plots"
    given = [
        "report",
        str(own.case),
        made_case.GROUP,
        "--out",
        str(tmp_path / "r.html"),
        "--plots",
        str(plots),
    ]
    assert run(given) == 0
    assert len(list(plots.iterdir())) == 6
    assert "internal draft" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["op-none", "--out", "r.html"], "no reported group"),
        (["--out", "no/such/folder/r.html"], "cannot be written"),
        (["--out", "r.docx"], "no kind of report"),
        (["--out", "r.html", "--plots", "r.html/plots"], "cannot be made"),
    ],
)
def test_what_cannot_be_written_is_said(
    given: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = world(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["report", str(own.case), *given]) == 2
    assert said in capsys.readouterr().err


def test_what_people_decided_is_told(tmp_path: Path) -> None:
    own = world(tmp_path)
    reason = "our own <b>load</b> test"
    assert run(["judge", str(own.case), "--confirm", made_case.GROUP, "--reason", reason]) == 0
    out = tmp_path / "r.html"
    assert run(["report", str(own.case), "--out", str(out)]) == 0
    assert "A person decided: confirmed by" in out.read_text()
    assert "our own &lt;b&gt;load&lt;/b&gt; test" in out.read_text()


SCRIPT = """
import sys
from linkage.cli.app import run
for name in ("html", "pdf", "xlsx"):
    assert run(["report", sys.argv[1], "--out", f"{sys.argv[2]}.{name}"]) == 0
"""


def test_written_elsewhere_the_bytes_are_the_same(tmp_path: Path) -> None:
    """In another time zone and locale, and with another hash seed."""
    case = made.case(tmp_path / "case", hostile.VECTORS + hostile.texts(100), 40)
    found: dict[str, set[bytes]] = {}
    for zone, locale, seed in (("Asia/Kolkata", "C", "1"), ("America/Lima", "tr_TR.UTF-8", "99")):
        surroundings = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        command = [sys.executable, "-c", SCRIPT, str(case), str(tmp_path / seed)]
        subprocess.run(command, env=surroundings, check=True, capture_output=True)
        for suffix in ("html", "pdf", "xlsx"):
            found.setdefault(suffix, set()).add((tmp_path / f"{seed}.{suffix}").read_bytes())
    assert {suffix: len(each) for suffix, each in found.items()} == {"html": 1, "pdf": 1, "xlsx": 1}
