"""Start, stop and look at the project's own Neo4j server; `scripts/neo4j --help` says how.

Needs Java 17 or 21 and, the first time on a machine, Maven. Nothing but Python's own library.
"""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("LINKAGE_NEO4J_HOME") or HERE.parents[1] / ".neo4j").absolute()
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkage"

STATE, PASSWORD, CONFIG, CONSOLE = (
    HOME / name for name in ("server.json", "password", "conf/neo4j.conf", "logs/console.log")
)
STYLE = HERE.parents[1] / "queries" / "linkage.grass"
LOOPBACK = "127.0.0.1"
BOLT, HTTP = 7687, 7474
USER = "neo4j"

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
SERVER, ADMIN = "org.neo4j.server.CommunityEntryPoint", "org.neo4j.cli.AdminTool"
# What Neo4j's own start script opens for its memory and file handling.
OPENED = [
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
]

WAIT_FOR_START = 180
WAIT_FOR_STOP = 60
WAIT_FOR_PORTS = 10
"""Seconds. A start takes about 10 of them; recovery after a crash, and a busy machine, take longer."""

SETTINGS = """\
# Written by scripts/neo4j at each start; changes made here are lost.
server.default_listen_address={loopback}
server.default_advertised_address={loopback}
server.bolt.listen_address=:{bolt}
server.bolt.advertised_address=:{bolt}
server.http.listen_address=:{http}
server.http.advertised_address=:{http}
server.https.enabled=false
server.memory.pagecache.size={page_cache}
dbms.security.auth_enabled=true
# The key has this spelling in 5.26; with the newer one the server refuses to start.
browser.remote_content_hostname_whitelist=localhost,{loopback}
# What Browser does as it connects: it takes these colours and captions, and draws only what is asked for.
browser.post_connect_cmd=config autoComplete: false; style {style}
client.allow_telemetry=false
dbms.usage_report.enabled=false
# Logs grow as they are written, instead of taking 256 MB each from the beginning.
db.tx_log.preallocate=false
"""


class Failure(Exception):
    """What the person at the keyboard has to know."""


class Ended(Failure):
    """The process is gone before it answered."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- what it runs ----------------------------------------------------------------------------------


def java() -> str:
    """The Java to run, 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home, "bin", "java")) if home else "java"
    with contextlib.suppress(OSError):
        told = subprocess.run([command, "-version"], capture_output=True, text=True).stderr
        version = re.search(r'version "(\d+)', told)
        if version and int(version[1]) >= 17:
            return command
        raise Failure(
            f"Neo4j 5.26 needs Java 17 or 21; {command} says: {(told.splitlines() or ['nothing'])[0]}\n"
            "  On Debian 12: apt install openjdk-17-jre-headless; elsewhere set JAVA_HOME to a newer one."
        )
    raise Failure(
        "no Java was found; Neo4j 5.26 needs 17 or 21.\n"
        "  On Debian 12: apt install openjdk-17-jre-headless maven; elsewhere set JAVA_HOME."
    )


def jars() -> str:
    """The class path; what is missing of it is fetched with Maven and compared with the pinned sums."""
    wanted = (HERE / "pom.xml").read_bytes() + (HERE / "jars.sha256").read_bytes()
    known = CACHE / f"neo4j-{hashlib.sha256(wanted).hexdigest()[:16]}.classpath"
    if known.is_file() and all(map(os.path.isfile, known.read_text("utf-8").split(os.pathsep))):
        return known.read_text("utf-8")
    CACHE.mkdir(parents=True, exist_ok=True)
    fetched = known.with_suffix(f".{os.getpid()}")
    try:
        fetch(fetched)
        compare(fetched.read_text("utf-8"))
        fetched.replace(known)
    finally:
        fetched.unlink(missing_ok=True)
    return known.read_text("utf-8")


def fetch(target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Failure("Maven is needed once, to fetch Neo4j (140 MB).\n  On Debian: apt install maven")
    say("fetching Neo4j 5.26 and Browser with Maven (140 MB, the first time on a machine)")
    command = [maven, "-q", "-B", "--strict-checksums", "-f", str(HERE / "pom.xml"), PLUGIN]
    done = subprocess.run([*command, f"-Dmdep.outputFile={target}"], capture_output=True, text=True)
    if done.returncode or not target.is_file():
        raise Failure(f"Maven could not fetch Neo4j; is its repository within reach?\n{done.stdout[-2000:]}")


def compare(classpath: str) -> None:
    """Every jar is the one that was pinned, and none is beside them."""
    lines = (HERE / "jars.sha256").read_text("utf-8").splitlines()
    pinned = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {Path(each).name: sha256(Path(each)) for each in classpath.strip().split(os.pathsep)}
    wrong = sorted(name for name in {*pinned, *found} if pinned.get(name) != found.get(name))
    if wrong:
        raise Failure(f"not what was pinned in {HERE / 'jars.sha256'}: {', '.join(wrong[:5])}")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- its folder ------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Nobody else starts or stops this server meanwhile; the system frees the lock however this ends."""
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)


def state() -> dict[str, Any]:
    try:
        return dict(json.loads(STATE.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def born(pid: int) -> str:
    """When a process began: together with its number it cannot be mistaken for another; '' if it is gone."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    if Path("/proc/self/stat").exists():
        return ""
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return told.stdout.strip()


def running(known: dict[str, Any]) -> bool:
    return bool(known) and born(known["pid"]) == known["born"]


# --- start -----------------------------------------------------------------------------------------


def start(asked: argparse.Namespace) -> int:
    """Start it unless it runs; returns when it answers."""
    with alone():
        known = state()
        if running(known) and not answers(known["bolt_port"]):
            # One that was killed a moment ago is still there, and will not answer any more.
            with contextlib.suppress(Ended):
                await_bolt(known)
        if not running(known):
            known = begin(asked, known)
    if asked.while_locked:
        watch_apart(asked.while_locked)
    report(known)
    return 0


def begin(asked: argparse.Namespace, before: dict[str, Any]) -> dict[str, Any]:
    command = [java(), *OPENED, f"-Xms{asked.heap}", f"-Xmx{asked.heap}", "-XX:+ExitOnOutOfMemoryError"]
    classpath = jars()
    bolt, http = ports(asked, before)
    configure(asked, bolt, http)
    if not PASSWORD.is_file():
        set_password(classpath)
    CONSOLE.parent.mkdir(exist_ok=True)
    with CONSOLE.open("wb") as console:
        process = subprocess.Popen(
            [*command, SERVER, f"--home-dir={HOME}", f"--config-dir={CONFIG.parent}"],
            env={**os.environ, "CLASSPATH": classpath, "NEO4J_HOME": str(HOME)},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    known = {
        "pid": process.pid,
        "born": born(process.pid),
        "uri": f"bolt://{LOOPBACK}:{bolt}",
        "browser": f"http://{LOOPBACK}:{http}/browser/",
        "user": USER,
        "password_file": str(PASSWORD),
        "database": "neo4j",
        "bolt_port": bolt,
        "http_port": http,
        "free_ports": asked.free_ports,
    }
    private(STATE, json.dumps(known, indent=1))
    await_bolt(known)
    return known


def ports(asked: argparse.Namespace, before: dict[str, Any]) -> tuple[int, int]:
    """Those it had before if they are free, so that a link stays true; else the usual or any free ones."""
    kept = before.get("bolt_port", 0), before.get("http_port", 0)
    if all(kept) and asked.free_ports == before.get("free_ports") and freed(kept):
        return kept
    if asked.free_ports:
        return unused()
    for port in (BOLT, HTTP):
        if not free(port):
            raise Failure(
                f"port {port} is taken by another program.\n  next: scripts/neo4j start --free-ports"
            )
    return BOLT, HTTP


def freed(ports: tuple[int, int]) -> bool:
    """Whether both are free, or will be at once: threads of a server that was killed may still hold them when
    the process already counts as gone."""
    end = time.monotonic() + WAIT_FOR_PORTS
    while not all(map(free, ports)):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        # As the server does: what a closed connection left behind is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOOPBACK, port))
        return True
    return False


def unused() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def configure(asked: argparse.Namespace, bolt: int, http: int) -> None:
    lines = SETTINGS.format(
        loopback=LOOPBACK, bolt=bolt, http=http, page_cache=asked.page_cache, style=style()
    )
    private(CONFIG, lines + "".join(f"{each}\n" for each in asked.set))


def style() -> str:
    """The rules of linkage.grass as JSON: on one line, and with no semicolon, which would end the command."""
    rules = re.findall(r"^([\w.]+) \{ (.*?);? \}$", STYLE.read_text("utf-8"), re.MULTILINE)
    pairs = {name: [each.partition(":") for each in body.split(";")] for name, body in rules}
    plain = {name: {key.strip(): value.strip(' "') for key, _, value in each} for name, each in pairs.items()}
    return json.dumps(plain, separators=(",", ":"))


def set_password(classpath: str) -> None:
    """Generated here, and given to the admin tool in a file: a command line can be read by everyone."""
    password = secrets.token_hex(18)  # no digit of it can be read as an option's dash
    given = HOME / "initial-password"
    private(given, password)
    try:
        done = admin(classpath, ["dbms", "set-initial-password", f"@{given}"], capture_output=True, text=True)
    finally:
        given.unlink()
    if done.returncode:
        raise Failure(f"the admin tool could not set the password:\n{done.stdout}{done.stderr}")
    private(PASSWORD, f"{password}\n")


def admin(classpath: str, arguments: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
    surroundings = {"CLASSPATH": classpath, "NEO4J_HOME": str(HOME), "NEO4J_CONF": str(CONFIG.parent)}
    return subprocess.run([java(), *OPENED, ADMIN, *arguments], env={**os.environ, **surroundings}, **how)


def await_bolt(known: dict[str, Any]) -> None:
    end = time.monotonic() + WAIT_FOR_START
    while not (answers(known["bolt_port"]) and serves(known["http_port"])):
        if not running(known):
            raise Ended(f"Neo4j ended while it started. Its last words ({CONSOLE}):\n{last_words()}")
        if time.monotonic() > end:
            raise Failure(f"Neo4j did not answer within {WAIT_FOR_START} s; see {CONSOLE}")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether a Bolt server is there: it takes up one of the versions it is offered."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=5) as line:
        line.sendall(bytes.fromhex("6060b017 00020405 00000004 00000000 00000000"))
        return len(line.recv(4)) == 4
    return False


def serves(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{LOOPBACK}:{port}/", timeout=5):
        return True
    return False


def last_words() -> str:
    """The end of its log, without the traces."""
    lines = CONSOLE.read_text("utf-8", "replace").splitlines()
    return "\n".join([each for each in lines if not each.startswith("\t")][-8:])


# --- stop, status, admin ---------------------------------------------------------------------------


def stop(asked: argparse.Namespace) -> int:
    with alone():
        known = state()
        if not running(known):
            say("Neo4j is not running")
            return 0
        end(known)
    say("Neo4j has stopped")
    return 0


def end(known: dict[str, Any]) -> None:
    """End the process that was started here, and no other; by force where it does not end by itself."""
    for kind, seconds in ((signal.SIGTERM, WAIT_FOR_STOP), (signal.SIGKILL, 10)):
        until = time.monotonic() + seconds
        with contextlib.suppress(ProcessLookupError):
            os.kill(known["pid"], kind)
        while running(known) and time.monotonic() < until:
            time.sleep(0.05)
    if running(known):
        raise Failure(f"Neo4j, process {known['pid']}, does not end")


def status(asked: argparse.Namespace) -> int:
    known = state()
    if running(known):
        report(known)
        return 0
    say("Neo4j is not running; next: scripts/neo4j start")
    return 3


def report(known: dict[str, Any]) -> None:
    say(f"Neo4j runs (process {known['pid']})")
    print(f"Bolt      {known['uri']}")
    print(f"Browser   {known['browser']}")
    print(f"user      {known['user']}")
    print(f"password  in {known['password_file']}")


def administer(asked: argparse.Namespace) -> int:
    return admin(jars(), asked.arguments).returncode


# --- a server that ends with those who use it --------------------------------------------------------


def watch_apart(held: Path) -> None:
    """Leave a process behind that stops the server when nobody holds the lock any more."""
    command = [sys.executable, str(HERE / "server.py"), "watch", str(held)]
    quiet = subprocess.DEVNULL
    subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def watch(asked: argparse.Namespace) -> int:
    known = state()
    with asked.held.open() as held:
        while running(known):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with alone():
                    end(known)
            time.sleep(0.5)
    return 0


# --- the command line --------------------------------------------------------------------------------


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/neo4j", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="start|stop|status|admin")
    verb = verbs.add_parser("start", help="start it, or say where it runs; waits until it answers")
    verb.set_defaults(do=start)
    verb.add_argument("--free-ports", action="store_true", help="any free ports, not 7687 and 7474")
    verb.add_argument("--heap", default="1g", help="default: 1g")
    verb.add_argument("--page-cache", default="512m", help="default: 512m")
    verb.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a line of neo4j.conf")
    verb.add_argument(
        "--while-locked", type=Path, metavar="FILE", help="stop it when no process holds a lock on this file"
    )
    verbs.add_parser("stop", help="stop it").set_defaults(do=stop)
    verbs.add_parser("status", help="say where it runs; exit 3 if it does not").set_defaults(do=status)
    verb = verbs.add_parser("admin", help="neo4j-admin with the arguments that follow; stop the server first")
    verb.set_defaults(do=administer)
    verb.add_argument("arguments", nargs="*")
    verb = verbs.add_parser("watch")
    verb.set_defaults(do=watch)
    verb.add_argument("held", type=Path)
    given = sys.argv[1:]
    # What follows `admin` is not ours to read.
    return parser.parse_args([*given[:1], "--", *given[1:]] if given[:1] == ["admin"] else given)


def main() -> int:
    asked = parsed()
    try:
        return int(asked.do(asked))
    except Failure as failure:
        say(f"scripts/neo4j: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
