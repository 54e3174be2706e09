"""neo4j guide: documents for Neo4j Browser, served on this machine or written to a folder."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from linkage.cli.files import make_folder, write_bytes
from linkage.cli.neo4j.queries import pack
from linkage.cli.screen.terminal import say
from linkage.errors import CaseError, UsageError
from linkage.graph.browser_links import STYLE
from linkage.graph.connection import Connection, connection, open_driver
from linkage.graph.guide import asciidoc, legacy
from linkage.graph.questions import folder, questions

Documents = Mapping[str, tuple[str, bytes]]


def guide(*, case: str, port: int, out: Path | None, where: Mapping[str, Any]) -> None:
    """Serve the guide, filled in for a case; or write its files."""
    to = connection(**where)
    found = documents(examples(to, case))
    if out:
        write(found, out)
        say(f"{', '.join(name.lstrip('/') for name in found)} in {out}")
        return
    serve(found, port, to)


def examples(to: Connection, case: str) -> dict[str, str | int]:
    """What the guide begins with: a case, its largest group, and that group's strongest link."""
    from linkage.graph.query import ask, cases, only

    with open_driver(to) as driver:
        known = cases(driver, to.database)
        if case and case not in known:
            raise CaseError(
                f"{to}: no case is called {case}", hint=f"cases there: {', '.join(known) or 'none'}"
            )
        values: dict[str, str | int] = {"case": case or only(known)}
        groups = ask(driver, to.database, questions()["largest-groups"], values).rows
        if groups:
            values["group"] = groups[0]["group"]
            links = ask(driver, to.database, questions()["links-inside"], values).rows
            if links:
                values |= {"account": _id(links[0]["a"]), "other": _id(links[0]["b"])}
    return values


def _id(node: Mapping[str, Any]) -> str:
    return str(node["properties"]["id"])


def documents(values: Mapping[str, str | int]) -> Documents:
    """Everything Browser can fetch, by path."""
    text = asciidoc(values)
    packed = io.BytesIO()
    pack(questions().values(), packed)
    return {
        "/guide.html": ("text/html; charset=utf-8", legacy(text).encode()),
        "/guide.adoc": ("text/asciidoc; charset=utf-8", text.encode()),
        f"/{STYLE}": ("text/plain; charset=utf-8", (folder() / STYLE).read_bytes()),
        "/questions.zip": ("application/zip", packed.getvalue()),
    }


def write(found: Documents, out: Path) -> None:
    """Put the documents into a folder."""
    make_folder(out)
    for name, (_, body) in found.items():
        write_bytes(out / name.lstrip("/"), body)


def serve(found: Documents, port: int, to: Connection) -> None:
    """Serve until Ctrl-C, which is the normal end."""
    from linkage.graph.guide_server import Served

    origins = frozenset({_origin(to.browser)} if to.browser else ())
    try:
        server = Served(found, port=port, origins=origins)
    except OSError as error:
        raise UsageError(
            f"port {port}: {error.strerror}", hint="leave out --port to use a free one"
        ) from error
    # By this name: it is the one that Browser trusts from the start.
    here = f"http://localhost:{server.port}"
    print(f"{here}/guide.html", flush=True)
    say(f"in Neo4j Browser: :play {here}/guide.html")
    if to.browser:
        say(
            f"or open:          {to.browser.rstrip('/')}/?cmd=play&arg={quote(f'{here}/guide.html', safe='')}"
        )
    say(f"graph style:      :style {here}/{STYLE}")
    say(f"newer Browsers:   {here}/guide.adoc")
    say(f"saved queries:    {here}/questions.zip; drop the file on Saved Scripts")
    say("Press Ctrl-C to stop.")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
