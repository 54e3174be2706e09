"""A link to Neo4j Browser that runs the query for what a page shows."""

import os
import sys
from urllib.parse import urlsplit

from linkage.case import Case
from linkage.cli.screen.terminal import hyperlinks, say_link
from linkage.graph.browser_links import filled, link, style
from linkage.graph.connected_databases import Trace, traces
from linkage.graph.connection import styles
from linkage.graph.questions import question

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def groups(case: Case) -> None:
    """Offer the graph of all groups."""
    _offer(case, "map")


def group(case: Case, name: str) -> None:
    """Offer the graph of one reported group."""
    _offer(case, "group-at-a-glance", group=name)


def pair(case: Case, a: str, b: str, *, linked: bool) -> None:
    """Offer the graph of two accounts, if a push is sure to have loaded both."""
    loaded_whole = (case.table(name).column("account") for name in ("groups", "unresolved"))
    members = {account for column in loaded_whole for account in column.to_pylist()}
    loaded = bool({a, b} & members) if linked else {a, b} <= members
    if loaded:
        left, right = sorted((a, b))
        _offer(case, "link" if linked else "shared", account=left, other=right)


def _offer(case: Case, name: str, **values: str) -> None:
    trace = next(filter(_known, traces(case.path)), None)
    if trace is None:
        return
    asked = question(name)
    try:
        text = filled(asked, {"case": trace.name, **values})
    except ValueError:
        # A name that is no Unicode: no query can hold it.
        return
    offer(str(trace.browser), asked.title, text)


def offer(browser: str, title: str, text: str) -> None:
    """A link to a query; beside it one that gives Browser its colours, unless the server does that itself."""
    say_link("in Neo4j Browser: ", title, link(browser, text))
    if hyperlinks(sys.stderr) and not styles(browser):
        say_link("  its colours, once: ", "style", link(browser, style()))


def _known(trace: Trace) -> bool:
    """Whether a Browser is this machine's or the user's own: a case folder may come from anybody, and a link
    in it lead to a page that only looks like Browser and asks for the password."""
    address = str(trace.browser)
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    mine = parts.hostname in LOOPBACK or address == os.environ.get("NEO4J_BROWSER")
    return parts.scheme in ("http", "https") and mine
