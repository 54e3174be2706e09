"""The real Browser, in a headless Chromium: log in, play the guide, follow the links, look at the pictures.

What is seen is kept in .artefacts/browser/, for people to look at.
"""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator

from linkage.cli.app import run
from linkage.graph.browser_links import filled, link, style
from linkage.graph.guide import asciidoc, pages
from linkage.graph.questions import folder, questions
from tests.graph.browsing import EDITED, Window, window
from tests.graph.loaded_fixture import OPERATOR, Loaded
from tests.neo4j_server import Server

COLOURS = dict(
    re.findall(r"node\.(\w+) \{.*? color: (#\w+);", (folder() / "linkage.grass").read_text("utf-8"))
)


@pytest.fixture(scope="module")
def guide(loaded: Loaded, neo4j_server: Server) -> Iterator[list[str]]:
    """`linkage neo4j guide` as a person runs it: what it printed. Ctrl-C ends it."""
    command = [str(Path(sys.executable).with_name("linkage")), "neo4j", "guide", "--case", loaded.name]
    surroundings = {**os.environ, **neo4j_server.environment, "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    # What started the tests may ignore Ctrl-C (shells do for what runs beside); a person's shell does not.
    with subprocess.Popen(
        command,
        env=surroundings,
        stdout=pipe,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as served:
        assert served.stdout
        printed = []
        for line in served.stdout:
            printed.append(line.strip())
            if "Ctrl-C" in line:
                break
        yield printed
        served.send_signal(signal.SIGINT)
        try:
            assert served.wait(10) == 0
        finally:
            served.kill()


@pytest.fixture(scope="module")
def desk(guide: list[str], neo4j_server: Server) -> Iterator[Window]:
    """An analyst's window: logged in, styled, drawing only what is asked for."""
    with window(neo4j_server) as opened:
        opened.log_in()
        opened.shot("login")
        # Our own server does this by itself; another one may not.
        [style] = [line for line in guide if line.startswith("graph style:")]
        opened.command(style.partition(":")[2].strip())
        opened.command(":config autoComplete: false")
        # Fetched and written down after the command was answered; another page would not have it.
        for kept, held in (("grass", "OperatorGroup"), ("settings", '"autoComplete":false')):
            opened.until(f"(localStorage['neo4j.{kept}'] || '').includes('{held}')")
        yield opened


def offered(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The link that a command prints after what it found."""
    capsys.readouterr()
    assert run(list(arguments)) == 0
    [link] = re.findall(r"^in Neo4j Browser: (\S+)$", capsys.readouterr().err, re.MULTILINE)
    return str(link)


def asked(desk: Window, address: str) -> Locator:
    """Follow a link and run what stands there then."""
    desk.follow(address)
    frame = desk.run()
    assert faults(frame) == ""
    return frame


def played(desk: Window) -> Locator:
    """The frame in which the guide is."""
    return desk.frames.filter(has=desk.page.locator("[data-testid=carousel]"))


def test_the_guide_is_played(desk: Window, guide: list[str], loaded: Loaded) -> None:
    """By the link that the command prints. Every query goes to the editor and is answered; none writes but
    the verdict, which is not run."""
    [link] = [line.partition(":")[2].strip() for line in guide if line.startswith("or open:")]
    desk.follow(link)
    expected = pages(asciidoc({"case": loaded.name}))
    for number, page in enumerate(expected, 1):
        played(desk).get_by_role("heading", name=page.title, exact=True).wait_for()
        desk.shot(f"guide-{number}", played(desk))
        listings = played(desk).locator("pre.runnable:visible")
        assert listings.count() == sum(block.kind == "listing" for block in page.blocks)
        for at in range(0 if page.title == "Your verdict" else listings.count()):
            desk.take(listings.nth(at))
            frame = desk.run()
            assert faults(frame) == "", page.blocks
            desk.close(frame)
        if number < len(expected):
            played(desk).locator("[data-testid=nextSlide]").last.click()
    assert desk.errors == []


def test_all_groups_in_a_picture(desk: Window, loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    frame = asked(desk, offered(capsys, "groups", str(loaded.case.path)))
    desk.drawn(frame)
    desk.shot("map", frame)
    named = {
        f"{row['group']} {row['accounts']} accounts {row['log_odds']:+.1f} bits"
        for row in loaded.rows("findings")
    }
    assert {*named, OPERATOR} <= set(desk.captions(frame))
    ties = {str(row["account"])[:8] for row in loaded.rows("groups")}
    accounts = overview(frame)["Account"]
    assert accounts and sum(each[:8] in ties for each in desk.captions(frame)) >= accounts, "who ties them"
    told = {
        f"{row['log_odds']:+.1f} bits, {row['confidence']}"
        for row in loaded.rows("attributions")
        if row["hypothesis"] == OPERATOR
    }
    said = {each for each in desk.captions(frame, "g.relationship") if each}
    stories = {each for each in said if any(one.startswith(each.rstrip("…")) for one in told)}
    bits = {f"{row['log_odds']:.1f}" for row in loaded.rows("links")}
    assert stories and {f"{float(each):.1f}" for each in said - stories} <= bits


def test_a_group_in_a_picture(desk: Window, loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    """No ball of wool: its accounts, the few things that mark it, and no link between accounts."""
    largest = max(loaded.rows("findings"), key=lambda row: int(str(row["accounts"])))
    frame = asked(desk, offered(capsys, "show", str(loaded.case.path), str(largest["group"])))
    desk.drawn(frame)
    desk.shot("group", frame)
    drawn = overview(frame)
    assert drawn["OperatorGroup"] == 1 and drawn["Account"] == largest["accounts"]
    assert drawn["*"] <= 1 + int(str(largest["accounts"])) + 10
    assert "LINKED_TO" not in drawn
    captions = desk.captions(frame)
    addresses = {str(row["value"]) for row in loaded.rows("observations") if row["trait"] == "ip"}
    assert len(addresses & set(captions)) == drawn["IP"] > 0, (
        "written out: one is not to be taken for another"
    )
    assert any(each.startswith(f"{largest['group']} ") for each in captions)
    assert all(len(each.rstrip("…")) >= 8 for each in captions)
    painted = set(
        frame.locator("g.node circle").evaluate_all("all => all.map(e => getComputedStyle(e).fill)")
    )
    assert {colour(COLOURS[label]) for label in drawn if label in COLOURS} <= painted


def test_links_in_a_picture(
    desk: Window, loaded: Loaded, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bits stand on them, since Browser draws all links alike."""
    smallest = min(loaded.rows("findings"), key=lambda row: int(str(row["accounts"])))
    group = f"group={smallest['group']}"
    for name, value in desk.server.environment.items():
        monkeypatch.setenv(name, value)
    link = offered(
        capsys, "neo4j", "query", "links-inside", "--param", f"case={loaded.name}", "--param", group
    )
    frame = asked(desk, link)
    desk.drawn(frame)
    desk.shot("links", frame)
    members = {row["account"] for row in loaded.rows("groups") if row["group"] == smallest["group"]}
    bits = {
        f"{row['log_odds']:.1f}" for row in loaded.rows("links") if {row["left"], row["right"]} <= members
    }
    shown = {each for each in desk.captions(frame, "g.relationship") if each}
    assert shown and {f"{float(each):.1f}" for each in shown} <= bits


def test_two_accounts_in_a_table(desk: Window, loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    members = {row["account"] for row in loaded.rows("groups")}
    best = max(
        (row for row in loaded.rows("links") if row["left"] in members),
        key=lambda row: float(str(row["log_odds"])),
    )
    link = offered(capsys, "explain", str(loaded.case.path), str(best["left"]), str(best["right"]))
    frame = asked(desk, link)
    frame.get_by_text(str(best["log_odds"])).first.wait_for()
    desk.shot("link", frame)
    for family in best["families"]:  # type: ignore[attr-defined]
        assert frame.get_by_text(f'"{family}"', exact=True).count() == 1


def test_what_a_link_holds_is_what_stands_in_the_editor(desk: Window) -> None:
    """Browser decodes an address before it takes it apart: a name may hold what would end it."""
    name = "a&b #c +d %41 e?=f"
    desk.follow(link(desk.address, filled(questions()["largest-groups"], {"case": name})))
    desk.until(f"{EDITED}.innerText.includes('LIMIT')")
    frame = desk.run()
    # Browser shows the frame's views before it writes what is in them.
    frame.get_by_text("no changes, no records").first.wait_for()
    assert faults(frame) == ""


def test_a_window_is_given_its_style_by_a_link(desk: Window) -> None:
    """For servers that do not style their Browser as it connects."""
    desk.page.evaluate("localStorage.removeItem('neo4j.grass')")
    desk.follow(link(desk.address, style()))
    desk.until(f"{EDITED}.innerText.includes(':style')")
    assert faults(desk.run()) == ""
    desk.until("(localStorage['neo4j.grass'] || '').includes('OperatorGroup')")


def test_the_questions_become_saved_scripts(desk: Window, tmp_path: Path) -> None:
    packed = tmp_path / "questions.zip"
    assert run(["neo4j", "queries", "--zip", str(packed)]) == 0
    desk.page.locator("[data-testid=navigationFavorites]").click()
    desk.drop(packed, desk.page.get_by_text("Local scripts", exact=True).locator("xpath=.."))
    for category in {each.category for each in questions().values()}:
        desk.page.get_by_text(category, exact=True).first.wait_for()
    titles = {each.title for each in questions().values() if each.category.startswith("1 ")}
    desk.page.locator("[data-testid^=expandFolder-]").first.click()
    for title in titles:
        desk.page.get_by_text(title).first.wait_for()
    desk.shot("saved-scripts")
    desk.page.locator("[data-testid=navigationFavorites]").click()


def test_it_asks_these_hosts_and_does_without(desk: Window) -> None:
    """What the page would fetch from elsewhere stands in docs/neo4j.md; nothing of it was let through."""
    text = Path(folder().parent, "docs", "neo4j.md").read_text("utf-8")
    hosts = {str(urlsplit(each).hostname) for each in desk.outside}
    assert {host for host in hosts if host not in text} == set()


def faults(frame: Locator) -> str:
    """What a frame complains of."""
    found = frame.locator("[data-testid=cypherFrameErrorMessage], [data-testid=error-icon]")
    return " ".join(found.all_inner_texts())


def overview(frame: Locator) -> Counter[str]:
    """How many of each label and type Browser says it drew; `*` is all nodes."""
    found = frame.locator("[data-testid^=property-details-overview-]").all_inner_texts()
    counts: Counter[str] = Counter()
    for name, number in (re.fullmatch(r"(\S+) \(([\d,]+)\)", each.strip()).groups() for each in found):  # type: ignore[union-attr]
        counts[name] = (
            max(counts[name], int(number.replace(",", ""))) if name != "*" else counts[name] or int(number)
        )
    return counts


def colour(written: str) -> str:
    """A colour of the style as the page says it."""
    return f"rgb({', '.join(str(int(written[at : at + 2], 16)) for at in (1, 3, 5))})"
