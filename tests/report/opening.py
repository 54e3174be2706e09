"""A report opened in a headless Chromium: what it does, what it asks for, how it looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.neo4j_server import ROOT

SHOTS = ROOT / ".artefacts" / "report"
"""Where the pictures are kept, for people to look at."""

PATIENCE = 60_000
"""Milliseconds; a busy machine takes its time."""

WATCH = """
window.violated = [];
addEventListener("securitypolicyviolation", (event) => {
  violated.push(event.violatedDirective + " " + event.blockedURI);
});
"""


@dataclass
class Opened:
    """A page, and everything it did beyond being shown."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def violated(self) -> list[str]:
        """What its policy forbade."""
        found: list[str] = self.page.evaluate("window.violated || []")
        return found

    def shot(self, name: str, *, whole: bool = True) -> Path:
        """Keep a picture."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
        return SHOTS / f"{name}.png"


@contextmanager
def opened(browser: Browser, file: Path, **context: object) -> Iterator[Opened]:
    """The report in a window of its own; `context` are Playwright's settings of the window."""
    window = browser.new_context(**{"viewport": {"width": 1100, "height": 1400}, **context})  # type: ignore[arg-type]
    window.set_default_timeout(PATIENCE)
    page = window.new_page()
    found = Opened(page)
    page.on("dialog", lambda dialog: (found.dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.add_init_script(WATCH)
    page.goto(file.as_uri())
    page.wait_for_load_state("load")
    try:
        yield found
    finally:
        window.close()
