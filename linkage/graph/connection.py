"""Where the database is, and what its refusals mean.

The password comes from the environment or from a file, never from the command line, and is never shown.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from linkage.errors import GraphError, UsageError

HOME = "LINKAGE_NEO4J_HOME"
"""Environment variable that names the folder of the project's own server."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")

CONNECT_SECONDS = 15.0
_SILENT = logging.NullHandler()

PATIENCE_SECONDS = 120.0
"""How long a transaction is tried again when the server goes away; a restart takes less than a minute."""

NEXT = "scripts/neo4j start, or name a server with NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD"


@dataclass(frozen=True)
class Connection:
    """A database, how to log in, and where its Browser is (None: not known)."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = "neo4j"
    browser: str | None = None

    def __str__(self) -> str:
        return f"{self.uri}, database {self.database}"


def connection(
    *, uri: str = "", user: str = "", password_file: Path | None = None, database: str = ""
) -> Connection:
    """The database that options name, then NEO4J_… variables, then the server that scripts/neo4j runs.

    An address of this machine at which that server runs is that server, with the password it was given.
    Raises UsageError for an address or a password file that is none, GraphError where no server is known.
    """
    env = os.environ
    address = uri or env.get("NEO4J_URI", "")
    if not address:
        return _own_server(user, password_file, database)
    if not _is_address(address):
        raise UsageError(f"{address}: no address of Neo4j", hint="such as neo4j://host:7687")
    if _is_own(address) and not (password_file or env.get("NEO4J_PASSWORD")):
        return _own_server(user, password_file, database)
    return Connection(
        address,
        user or env.get("NEO4J_USER") or env.get("NEO4J_USERNAME") or "neo4j",
        _password(password_file) if password_file else env.get("NEO4J_PASSWORD", ""),
        database or env.get("NEO4J_DATABASE") or "neo4j",
        env.get("NEO4J_BROWSER") or None,
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_own(address: str) -> bool:
    """Whether an address is that of the project's own server: on this machine, at its port or at none."""
    known, parts = _known(), urlsplit(address)
    port = urlsplit(str(known.get("uri", ""))).port
    return bool(known) and parts.hostname in LOOPBACK and parts.port in (None, port)


def styles(browser: str) -> bool:
    """Whether the server behind a Browser gives it colours and captions as it connects: the own one does."""
    try:
        return str(_known().get("browser", "")).rstrip("/") == browser.rstrip("/")
    except UsageError:
        return False


def _known() -> Mapping[str, Any]:
    """What the project's own server says of itself; empty where it does not run."""
    home = _home()
    return _server(home / "server.json") if home else {}


def _own_server(user: str, password_file: Path | None, database: str) -> Connection:
    known = _known()
    if not known:
        raise GraphError("no Neo4j server is named, and the project's own does not run", hint=NEXT)
    return Connection(
        str(known["uri"]),
        user or str(known["user"]),
        _password(password_file or Path(str(known["password_file"]))),
        database or str(known["database"]),
        str(known["browser"]) if known.get("browser") else None,
    )


def _home() -> Path | None:
    """The folder of the project's own server. Never one in the current folder, which may be anybody's: what
    it says would be believed, and the password it names be sent where it says."""
    if os.environ.get(HOME):
        return Path(os.environ[HOME])
    root = Path(__file__).resolve().parents[2]
    return root / ".neo4j" if (root / "scripts" / "neo4j").is_file() else None


def _server(path: Path) -> Mapping[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            _mine(path, os.fstat(file.fileno()))
            known = json.load(file)
    except (OSError, ValueError):
        return {}
    return (
        known
        if isinstance(known, dict) and {"uri", "user", "password_file", "database"} <= set(known)
        else {}
    )


def _mine(path: Path, found: os.stat_result) -> None:
    """Raises UsageError unless only this user can have written a file."""
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UsageError(
            f"{path}: not believed, because others may have written or read it",
            hint="scripts/neo4j start writes it anew, for you alone; or name a server with NEO4J_URI",
        )


def _password(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the password cannot be read from it") from error


@contextmanager
def open_driver(to: Connection) -> Iterator[Any]:
    """A driver that has reached the database; raises GraphError where it cannot be reached or refuses."""
    from neo4j import GraphDatabase

    # Without a handler Python would print the driver's warnings on stderr, with whatever is in them.
    logging.getLogger("neo4j").addHandler(_SILENT)
    with translated_errors(to), _readable(to):
        driver = GraphDatabase.driver(
            to.uri,
            auth=(to.user, to.password),
            telemetry_disabled=True,
            user_agent="linkage",
            connection_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=PATIENCE_SECONDS,
            retry_delay_multiplier=1.5,
            liveness_check_timeout=30.0,
            notifications_min_severity="OFF",
        )
    with translated_errors(to), driver:
        with driver.session(database=to.database) as session:
            # Not a managed transaction: what is not there at the beginning is not waited for.
            session.run("RETURN 1").consume()
        yield driver


@contextmanager
def _readable(to: Connection) -> Iterator[None]:
    from neo4j.exceptions import ConfigurationError

    try:
        yield
    except (ConfigurationError, ValueError) as error:
        raise UsageError(f"{to.uri}: {_short(error)}", hint="such as neo4j://host:7687") from error


@contextmanager
def translated_errors(to: Connection) -> Iterator[None]:
    """Turns what the driver raises into errors of this program, which say what to do next."""
    from neo4j import exceptions as refused

    try:
        yield
    except refused.AuthError as error:
        raise GraphError(
            f"{to.uri} refuses user {to.user} with the given password",
            hint="set NEO4J_USER and NEO4J_PASSWORD, or --user and --password-file",
        ) from error
    except (refused.ServiceUnavailable, refused.SessionExpired) as error:
        raise GraphError(f"{to.uri} cannot be reached: {_short(error)}", hint=NEXT) from error
    except refused.Neo4jError as error:
        raise GraphError(_refusal(to, error), hint=_remedy(error.code or "")) from error
    except (refused.DriverError, OSError) as error:
        raise GraphError(f"{to}: {_short(error)}", hint=NEXT) from error


def _refusal(to: Connection, error: Any) -> str:
    return f"{to} refuses: {_short(error)} ({error.code})"


def _remedy(code: str) -> str:
    if "DatabaseNotFound" in code:
        return "name one that exists with --database or NEO4J_DATABASE (Community has one: neo4j)"
    if "Credentials" in code or "Security" in code:
        return "give the user the rights it needs"
    if code.startswith("Neo.DatabaseError"):
        return "look whether the server's disk is full, and into its log; then the same command goes on"
    return "mend what it says, then give the same command again: it goes on where it stopped"


def _short(error: BaseException) -> str:
    """The first line of what the driver or server says."""
    text = str(getattr(error, "message", "") or error).strip() or type(error).__name__
    return text.splitlines()[0][:300]
