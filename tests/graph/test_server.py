"""scripts/neo4j: a real server that starts once, tells where it is, and ends with those who need it."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neo4j_server import IN_CI, ROOT, SMALL, Server, lock_of, script

HOLDER = """
import sys, time
from pathlib import Path
from tests.neo4j_server import started
with started(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.1)
    return not alive(pid)


def linkage_home(neo4j_server: Server) -> Path:
    if neo4j_server.home is None:
        pytest.skip("the server is not one of ours")
    return neo4j_server.home


def test_a_second_start_finds_the_first(neo4j_server: Server) -> None:
    home = linkage_home(neo4j_server)
    before = neo4j_server.pid
    printed = script("start", home=home).stdout
    assert neo4j_server.pid == before
    assert neo4j_server.uri in printed and str(neo4j_server.browser) in printed
    assert neo4j_server.password not in printed
    assert script("status", home=home).stdout == printed


def test_only_its_owner_reads_the_password(neo4j_server: Server) -> None:
    home = linkage_home(neo4j_server)
    for name in ("password", "server.json", "conf/neo4j.conf"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert len(neo4j_server.password) >= 20
    assert neo4j_server.password.isalnum(), "a dash in front would be read as an option"
    commands = [Path("/proc", str(neo4j_server.pid), name).read_bytes() for name in ("cmdline", "environ")]
    assert not any(neo4j_server.password.encode() in each for each in commands)


def test_it_listens_on_loopback_alone(neo4j_server: Server) -> None:
    linkage_home(neo4j_server)
    ports = {neo4j_server.port, int(str(neo4j_server.browser).split(":")[2].split("/")[0])}
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    heard = {
        (each[1].rpartition(":")[0], int(each[1].rpartition(":")[2], 16))
        for each in listening
        if each[3] == "0A"
    }
    mine = {(address, port) for address, port in heard if port in ports}
    assert {port for _, port in mine} == ports
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "0000000000000000FFFF00007F000001"}
    assert {address for address, _ in mine} <= loopback


def known(home: Path) -> tuple[int, tuple[str, ...]]:
    """The server's process, and what must stay: its address and its password."""
    state = json.loads((home / "server.json").read_text("utf-8"))
    return state["pid"], (state["uri"], state["browser"], (home / "password").read_text("utf-8"))


def listening(port: int, seconds: float = 30) -> socket.socket:
    """Somebody on this port. Threads of a killed server may outlive its process and hold it for a moment."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    end = time.monotonic() + seconds
    while True:
        try:
            taken.bind(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > end:
                taken.close()
                raise
            time.sleep(0.05)
        else:
            taken.listen()
            return taken


def restarted(home: Path, pid: int) -> int:
    """The process after a power cut and a new start: on the same ports, though they are held for a moment."""
    assert known(home)[0] == pid
    before = known(home)[1]
    os.kill(pid, signal.SIGKILL)
    assert gone_within(pid, 10)
    late = listening(int(before[0].rpartition(":")[2]))
    threading.Timer(2, late.close).start()
    script("start", *SMALL, "--while-locked", str(lock_of(home)), home=home)
    assert known(home)[1] == before
    return known(home)[0]


@pytest.fixture
def users(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that share one server; killed with the test, or they would hold it for ten minutes."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "neo4j")]
    both = [
        subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    yield both
    for each in both:
        each.kill()
        each.communicate()


def test_a_server_ends_when_those_who_use_it_are_killed(
    tmp_path: Path, users: list[subprocess.Popen[str]]
) -> None:
    """Not stopped, not asked: killed. One server for both, and after a power cut on the same ports."""
    home = tmp_path / "neo4j"
    told = [str(user.stdout.readline() if user.stdout else "") for user in users]
    if not all(told):
        errors = [user.communicate()[1] for user in users]
        assert not IN_CI, errors
        pytest.skip(f"no Neo4j server could be started: {errors}")
    assert told[0] == told[1]
    pid = restarted(home, int(told[0]))
    users[0].send_signal(signal.SIGKILL)
    users[0].communicate()
    time.sleep(2)
    assert alive(pid), "the second still needs it"
    users[1].send_signal(signal.SIGKILL)
    users[1].communicate()
    assert gone_within(pid, 60)
    assert "not running" in script("stop", home=home).stderr
    assert lock_of(home).exists()


def test_stop_ends_no_process_that_only_has_the_number(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        state = f'{{"pid": {other.pid}, "born": "1", "bolt_port": 1, "http_port": 2}}'
        (tmp_path / "server.json").write_text(state)
        assert "not running" in script("stop", home=tmp_path).stderr
        assert other.poll() is None
        other.kill()


def fails(home: Path, *arguments: str, **surroundings: str) -> str:
    with pytest.raises(RuntimeError) as caught, pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        script(*arguments, home=home)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    told = fails(tmp_path, "start", JAVA_HOME=str(tmp_path / "none"))
    assert "no Java was found" in told and "apt install" in told


def test_an_old_java_is_named(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    assert '"11.0.2"' in fails(tmp_path / "home", "start", JAVA_HOME=str(tmp_path))


@pytest.fixture
def without_maven(tmp_path: Path) -> str:
    """A PATH with what the script needs, and no mvn."""
    for name in ("sh", "dirname", "java", "python3"):
        found = shutil.which(name)
        if found:
            (tmp_path / name).symlink_to(found)
    return str(tmp_path)


def test_without_maven_it_says_what_to_install(tmp_path: Path, without_maven: str) -> None:
    cache = str(tmp_path / "cache")
    told = fails(tmp_path / "home", "start", XDG_CACHE_HOME=cache, PATH=without_maven)
    assert "Maven is needed once" in told and "apt install maven" in told


def test_a_jar_that_is_not_the_pinned_one_is_refused(tmp_path: Path, without_maven: str) -> None:
    """A Maven that delivers something else; nothing of it is run."""
    other = tmp_path / "neo4j-5.26.30.jar"
    other.write_text("not what was pinned")
    maven = Path(without_maven, "mvn")
    told = f'for each; do case $each in -Dmdep.outputFile=*) printf %s "{other}" >"${{each#*=}}";; esac; done'
    maven.write_text(f"#!/bin/sh\n{told}\n")
    maven.chmod(0o755)
    surroundings = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": without_maven}
    assert "not what was pinned" in fails(tmp_path / "home", "start", **surroundings)
    assert "not what was pinned" in fails(tmp_path / "home", "start", **surroundings), "and not remembered"


def test_a_port_that_is_taken_is_named(tmp_path: Path, neo4j_server: Server) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 7687))
            taken.listen()
        except OSError:
            pass  # another program has it already
        told = fails(tmp_path / "home", "start")
    assert "port 7687 is taken" in told and "--free-ports" in told


def test_a_setting_the_server_does_not_know_is_told(tmp_path: Path) -> None:
    """The spelling that newer releases have is refused by this one: the reason reaches the person."""
    key = "browser.remote_content_hostname_allowlist"
    told = fails(tmp_path / "home", "start", "--free-ports", "--set", f"{key}=localhost")
    assert key in told
