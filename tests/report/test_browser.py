"""Reports in a real browser: nothing runs, nothing is asked for, everybody can read them.

The pictures are kept in .artefacts/report/, for people to look at.
"""

from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from linkage.bundle import reports
from linkage.report import html
from tests.report import hostile, made
from tests.report.opening import SHOTS, opened


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with each of the texts in each field a page has."""
    file = tmp_path_factory.mktemp("page") / "everywhere.html"
    texts = hostile.VECTORS + hostile.texts() + list(hostile.HALVES)
    file.write_bytes(html.render(made.document(texts)))
    return file


@pytest.fixture(scope="module")
def hostile_page(hostile_report: reports.Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "hostile.html"
    file.write_bytes(hostile_report.as_file(".html"))
    return file


@pytest.fixture(scope="module")
def plain_page(plain_report: reports.Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "plain.html"
    file.write_bytes(plain_report.as_file(".html"))
    return file


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("which", ["everywhere", "hostile_page"])
def test_hostile_texts_do_nothing(
    which: str, scripts: bool, browser: Browser, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(which)
    with opened(browser, file, java_script_enabled=scripts) as seen:
        seen.page.mouse.click(300, 300)
        seen.page.keyboard.press("Tab")
        seen.page.wait_for_timeout(300)
        assert seen.dialogs == []
        assert seen.requests == [file.as_uri()]
        assert seen.said == []
        assert seen.page.url == file.as_uri() and len(seen.page.frames) == 1
        if scripts:
            assert seen.violated == []
            assert seen.page.locator("script").count() == 1
            assert (
                seen.page.locator("img, iframe, object, embed, link, base, video, form, template").count()
                == 0
            )
        if which == "hostile_page":
            seen.shot(f"hostile-{'scripts' if scripts else 'plain'}", whole=False)


def test_what_the_policy_forbids_would_be_seen(plain_page: Path, browser: Browser, tmp_path: Path) -> None:
    """The net is not torn: a page that does what these texts want is caught in every mesh."""
    broken = tmp_path / "broken.html"
    given = plain_page.read_text("utf-8")
    broken.write_text(
        given.replace("</main>", "<img src=http://127.0.0.1:9/x onerror=alert(1)></main>"), "utf-8"
    )
    with opened(browser, broken) as seen:
        assert seen.violated and seen.said
    loose = tmp_path / "loose.html"
    loose.write_text("<img src=http://127.0.0.1:9/x onerror=alert(1)>")
    with opened(browser, loose) as seen:
        seen.page.wait_for_timeout(300)
        assert seen.dialogs == ["1"] and len(seen.requests) == 2


@pytest.mark.parametrize(
    ("which", "scheme"), [("plain_page", "light"), ("plain_page", "dark"), ("hostile_page", "light")]
)
def test_everybody_can_read_it(
    which: str, scheme: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    with opened(browser, request.getfixturevalue(which), color_scheme=scheme) as seen:
        unfold(seen.page)
        found = Axe().run(seen.page)
        assert found.violations_count == 0, found.generate_report()
        if which == "plain_page":
            seen.shot(f"plain-{scheme}")


@pytest.mark.parametrize("folded", [True, False])
def test_nothing_is_wider_than_a_telephone(
    folded: bool, plain_page: Path, hostile_page: Path, browser: Browser
) -> None:
    """A chart fits, and has texts that one can read; a table has a box of its own."""
    for name, file in (("plain", plain_page), ("hostile", hostile_page)):
        with opened(browser, file, viewport={"width": 360, "height": 800}) as seen:
            if not folded:
                unfold(seen.page)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
            assert seen.page.evaluate(SHOWN) == [] if folded else seen.page.evaluate(WIDEST) <= 360
            seen.shot(f"{name}-narrow", whole=name == "plain")


def test_a_telephone_shows_what_links_rest_on(plain_page: Path, browser: Browser) -> None:
    """The value and how common it is, whole, without scrolling: it says most."""
    with opened(browser, plain_page, viewport={"width": 390, "height": 844}) as seen:
        right = seen.page.evaluate(VALUES_END)
        assert right and max(right) <= 390


VALUES_END = """
[...document.querySelectorAll("th")].filter((each) => each.textContent == "Value, and how common it is")
  .map((each) => each.getBoundingClientRect().right)
"""
"""Where the columns end that say what links rest on."""

SHOWN = """
[...document.querySelectorAll("figure svg text")].filter((each) => each.getClientRects().length)
  .filter((each) => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a < 9)
  .map((each) => each.textContent)
"""
"""The texts of pictures that are drawn too small to be read."""

WIDEST = """
Math.max(...[...document.querySelectorAll("figure svg")].map((each) => each.getBoundingClientRect().right))
"""
"""Where the picture ends that reaches furthest to the right."""


def test_the_first_screen_is_the_overview(plain_page: Path, browser: Browser) -> None:
    """On a desk and on a telephone one sees the largest group, and goes to it without a script."""
    for wide, high in ((1280, 900), (390, 844)):
        with opened(
            browser, plain_page, viewport={"width": wide, "height": high}, java_script_enabled=False
        ) as seen:
            link = seen.page.locator("ol.index a").first
            box = link.bounding_box()
            assert box and box["y"] + box["height"] < high
            link.click()
            heading = seen.page.locator("#g-1").bounding_box()
            assert heading and abs(heading["y"]) < 60
            seen.shot(f"overview-{wide}", whole=False)


def test_what_is_folded_opens_without_a_script(plain_page: Path, browser: Browser) -> None:
    """By its heading, and by a figure that leads into it."""
    with opened(browser, plain_page, java_script_enabled=False) as seen:
        folded = seen.page.locator("details.fold", has=seen.page.get_by_role("heading", name="Gates"))
        assert not folded.locator("table").is_visible()
        folded.locator("summary").click()
        assert folded.locator("table").is_visible()
        claim = seen.page.locator("dl.facts sup a").first
        row = seen.page.locator(str(claim.get_attribute("href")).replace("#", "[id='") + "']")
        assert not row.is_visible()
        claim.click()
        assert row.is_visible()


def test_without_scripts_the_picture_is_there_and_with_them_it_moves(
    plain_page: Path, browser: Browser
) -> None:
    with opened(browser, plain_page, java_script_enabled=False) as seen:
        assert seen.page.locator("figure svg circle").count() >= 40
        assert seen.page.locator("button").count() == 0
    with opened(browser, plain_page) as seen:
        picture = seen.page.locator("figure.moves svg.on-page")
        before = picture.get_attribute("viewBox")
        unfold(seen.page)
        seen.page.get_by_role("button", name="Larger").click()
        larger = picture.get_attribute("viewBox")
        seen.page.get_by_role("button", name="Down").click()
        moved = picture.get_attribute("viewBox")
        seen.page.get_by_role("button", name="The whole picture").click()
        assert len({before, larger, moved}) == 3 and picture.get_attribute("viewBox") == before
        assert seen.violated == [] and seen.said == []


def test_it_prints(plain_page: Path, hostile_page: Path, browser: Browser, tmp_path: Path) -> None:
    """On paper nothing is cut at the right: the text that reaches furthest ends within the margin."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name, file in (("plain", plain_page), ("hostile", hostile_page)):
        with opened(browser, file) as seen:
            out = SHOTS / f"{name}-print.pdf"
            seen.page.pdf(path=out, prefer_css_page_size=True)
        with pypdfium2.PdfDocument(out) as printed:
            assert len(printed) >= 4
            for page in printed:
                width, height = page.get_size()
                assert (round(width), round(height)) == (595, 842)
                edges = [each.get_bounds()[2] for each in page.get_objects() if each.type == 1]
                assert max(edges, default=0) <= width - 30, (name, max(edges))
