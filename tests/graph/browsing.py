"""Neo4j Browser in a headless Chromium: what an analyst sees and does there."""

import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Error, Locator, Page, Playwright, Route, sync_playwright

from tests.neo4j_server import IN_CI, ROOT, Server
from tests.programs import needed

SHOTS = ROOT / ".artefacts" / "browser"
"""Where the pictures are kept, for people to look at."""

PATIENCE = 60_000
"""Milliseconds; a busy machine takes its time."""

REPEAT = 15_000
"""Milliseconds after which a click that had no effect is taken to be lost."""

ANSWERED = "[data-testid=frameStatusbar], [data-testid=cypherFrameErrorMessage], g.node, pre, table, p"
"""What a frame holds once it has an answer."""

EDITED = "document.querySelector('[data-testid=activeEditor] .view-lines')"
"""What stands in the editor."""

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium(playwright: Playwright) -> Chromium:
    """The browser of this machine. Where none starts the test is skipped; in CI it fails."""
    found = os.environ.get("LINKAGE_CHROMIUM") or needed("chromium", "chromium-browser", "google-chrome")
    try:
        return playwright.chromium.launch(executable_path=found, args=QUIET)
    except Error as error:
        if IN_CI:
            raise
        pytest.skip(f"{found} does not start: {error}")


@dataclass
class Window:
    """A window of Browser, and what it tried to fetch from elsewhere or complained of."""

    page: Page
    server: Server
    address: str
    outside: list[str]
    errors: list[str]
    greeted: bool = False
    """Whether the server has commands run as Browser connects: their frames come in when they like."""

    def log_in(self) -> None:
        """Give user and password, and wait until connected."""
        server = self.server
        self.page.goto(self.address)
        self.page.fill("[data-testid=boltaddress]", server.uri.partition("://")[2])
        self.page.fill("[data-testid=username]", server.user)
        self.page.fill("[data-testid=password]", server.password)
        self.page.click("[data-testid=connect]")
        self.page.get_by_text("You are connected as user").wait_for()
        self._greeting()
        # Until this is written, another page would have to log in again.
        self.until("localStorage['neo4j.connections'].includes('\"lastUseDb\":\"')")

    def until(self, true: str, click: Locator | None = None) -> None:
        """Wait until something is true in the page (whose policy forbids Playwright's own way).

        A click that Browser loses while it draws itself anew is repeated, as a person would.
        """
        for waited in range(0, PATIENCE, 200):
            if click is not None and waited % REPEAT == 0:
                click.click()
            if self.page.evaluate(true):
                return
            self.page.wait_for_timeout(200)
        pytest.fail(f"never true: {true}; see {self.shot('failed')}")

    def open(self, command: str, argument: str) -> None:
        """Follow a link into Browser, as the command line prints it."""
        self.follow(f"{self.address}?cmd={command}&arg={quote(argument, safe='')}")

    def follow(self, link: str) -> None:
        """Open an address and wait until Browser is connected again."""
        self.page.goto(link)
        self.page.wait_for_selector("[data-testid=activeEditor]")
        self.page.wait_for_selector("[data-testid=disconnectedBanner]", state="detached")
        if "cmd=play" not in link:  # with a guide Browser leaves them out
            self._greeting()

    def _greeting(self) -> None:
        for command in (":style", ":config") if self.greeted else ():
            self.frames.filter(has_text=command).first.wait_for()

    @property
    def frames(self) -> Locator:
        """What was run, the last first."""
        return self.page.locator("[data-testid=frame]")

    def run(self) -> Locator:
        """Run what stands in the editor; the frame it gets, once there is an answer in it."""
        before = self.frames.count()
        run = self.page.locator("[data-testid=editor-Run]")
        self.until(f"document.querySelectorAll('[data-testid=frame]').length > {before}", run)
        frame = self.frames.first
        frame.locator("[data-testid=frame-loaded-contents], [data-testid=frameContents]").first.wait_for()
        frame.locator(ANSWERED).first.wait_for()
        return frame

    def take(self, listing: Locator) -> None:
        """Click on a query of the guide, which puts it into the editor."""
        self.until(f"{EDITED}.innerText.trim() !== ''", listing)

    def close(self, frame: Locator) -> None:
        """Close a frame."""
        before = self.frames.count()
        frame.locator("[title=Close]").click()
        self.until(f"document.querySelectorAll('[data-testid=frame]').length < {before}")

    def drop(self, file: Path, onto: Locator) -> None:
        """Drop a file on something."""
        dropped = self.page.evaluate_handle(
            """([name, text]) => {
              const bytes = Uint8Array.from(atob(text), each => each.charCodeAt(0));
              const all = new DataTransfer();
              all.items.add(new File([bytes], name));
              return all;
            }""",
            [file.name, b64encode(file.read_bytes()).decode()],
        )
        for event in ("dragenter", "dragover", "drop"):
            onto.dispatch_event(event, {"dataTransfer": dropped})

    def command(self, text: str) -> Locator:
        """Run one line."""
        self.page.locator("[data-testid=editor-discard]").click()
        self.page.locator("[data-testid=activeEditor] textarea").focus()
        self.page.keyboard.insert_text(text)
        return self.run()

    def drawn(self, frame: Locator) -> None:
        """Wait until a picture no longer moves."""
        frame.locator("g.node").first.wait_for()
        last = ""
        for _ in range(PATIENCE // 500):
            places = str(
                frame.locator("g.node").evaluate_all("all => all.map(e => e.getAttribute('transform'))")
            )
            if places == last:
                return
            last = places
            self.page.wait_for_timeout(500)

    def captions(self, frame: Locator, within: str = "g.node") -> list[str]:
        """What is written on the things of a picture."""
        texts: list[str] = frame.locator(within).evaluate_all(
            "all => all.map(e => [...e.querySelectorAll('text')].map(t => t.textContent.trim()).join(' '))"
        )
        return [re.sub(r"\s+", " ", each) for each in texts]

    def shot(self, name: str, frame: Locator | None = None) -> Path:
        """Keep a picture of what is seen now; of one frame as large as the window, if one is named."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        target = SHOTS / f"{name}.png"
        if frame is None:
            self.page.screenshot(path=target)
            return target
        frame.locator("[title=Fullscreen]").click()
        if frame.locator("g.node").count():
            # It lies over the picture.
            frame.locator("[aria-label='Collapse the node properties display']").click()
            self.page.wait_for_timeout(500)
            frame.locator("[aria-label=zoom-to-fit]").click()
            self.drawn(frame)
            self.page.wait_for_timeout(500)
        self.page.screenshot(path=target)
        if frame.locator("g.node").count():
            frame.locator("[aria-label='Expand the node properties display']").click()
        frame.locator("[title='Close fullscreen']").click()
        return target


def greeted(server: Server) -> bool:
    """Whether the server has Browser run commands as it connects."""
    with server.session() as session:
        row = session.run("SHOW SETTINGS 'browser.post_connect_cmd' YIELD value RETURN value").single()
    return bool(row and row["value"])


@contextmanager
def window(server: Server) -> Iterator[Window]:
    """A window on a server's Browser. Nothing leaves this machine, whatever the page asks for."""
    assert server.browser
    with sync_playwright() as playwright:
        chrome = chromium(playwright)
        page = chrome.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(PATIENCE)
        seen = Window(page, server, server.browser, [], [], greeted(server))

        def gate(route: Route) -> None:
            if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
                route.continue_()
            else:
                seen.outside.append(route.request.url)
                route.abort()

        page.route("**/*", gate)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        yield seen
        chrome.close()
