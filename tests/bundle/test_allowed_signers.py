"""`allowed_signers` means here what it means to ssh-keygen, or the line is refused; the real one is asked."""

import base64
import os
import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from linkage.bundle.checks.sshsig import (
    SEAL_ROLE,
    VIEW_ROLE,
    Unreadable,
    armour,
    is_name,
    moment,
    public_line,
    read_revoked,
    read_signature,
    read_signers,
    who_signed,
)
from linkage.bundle.signing import Key, new_key

MESSAGE = b"a message\n"
AT = "20260601120000Z"
NAME = "legal@provider.example"


@dataclass(frozen=True)
class OpenSSH:
    """The real one, with a signature to check."""

    folder: Path
    key: Key

    def accepts(self, signers: str, name: str) -> bool:
        (self.folder / "list").write_bytes(signers.encode("utf-8", "surrogateescape"))
        command = ["ssh-keygen", "-Y", "verify", "-f", "list", "-I", name, "-n", VIEW_ROLE, "-s", "sig"]
        command += [f"-Overify-time={AT}"]
        done = subprocess.run(command, cwd=self.folder, input=MESSAGE, capture_output=True, check=False)
        return done.returncode == 0

    def ours(self, signers: str) -> str | None:
        """Who signed; empty where nobody who counts has, None where the list is refused."""
        try:
            return who_signed(read_signers(signers), self.key.public, VIEW_ROLE, moment(AT) or 0)[0]
        except Unreadable:
            return None

    def same(self, signers: str) -> bool | None:
        """What both say of it; None where ours refuses to read it."""
        found = self.ours(signers)
        if found is None:
            return None
        names = found.split(",") if found else [NAME]
        assert {self.accepts(signers, name) for name in names} == {bool(found)}, signers
        return bool(found)


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> OpenSSH:
    folder = tmp_path_factory.mktemp("openssh")
    key = new_key(folder / "key", NAME)
    (folder / "sig").write_bytes(key.sign(MESSAGE, VIEW_ROLE))
    return OpenSSH(folder, key)


def filled(line: str, key: Key) -> str:
    return line.replace("KEY", key.line())


READ = {
    f"{NAME} KEY": True,
    f"{NAME} KEY a comment, with é": True,
    f"{NAME},second@x KEY": True,
    f'\t {NAME} \t namespaces="{VIEW_ROLE},{SEAL_ROLE}" \t KEY\tcomment': True,
    f'{NAME} namespaces="git" KEY': False,
    f'{NAME} valid-after="20260101",valid-before="20270101Z" KEY': True,
    f'{NAME} valid-after="20260601120000Z" KEY': True,
    f'{NAME} valid-after="202606011201Z" KEY': False,
    f'{NAME} valid-before="20260601115959Z" KEY': False,
    f'{NAME} valid-before="20260101",namespaces="{VIEW_ROLE}" KEY': False,
    f"# a comment\n\n  # another\n{NAME} KEY\n": True,
    f'{NAME} namespaces="git" KEY\n{NAME} KEY': True,
}
REFUSED = (
    f'{NAME} NAMESPACES="{VIEW_ROLE}" KEY',
    f"{NAME} namespaces={VIEW_ROLE} KEY",
    f'{NAME} namespaces="" KEY',
    f'{NAME} namespaces="!{VIEW_ROLE}" KEY',
    f'{NAME} namespaces="*,!{VIEW_ROLE}" KEY',
    f'{NAME} namespaces="evidence-*" KEY',
    f'{NAME} namespaces="evidence-bundle@v[0-9]" KEY',
    f'{NAME} namespaces="git",namespaces="{VIEW_ROLE}" KEY',
    f'{NAME} namespaces="{VIEW_ROLE}", KEY',
    f'{NAME} ,namespaces="{VIEW_ROLE}" KEY',
    f'{NAME} namespaces="a\\"b" KEY',
    f'{NAME} namespaces="a b" KEY',
    f"{NAME} cert-authority KEY",
    f'{NAME} valid-after="20260101",valid-before="20260101" KEY',
    f'{NAME} valid-before="20270101z" KEY',
    f'{NAME} valid-before="20270101UTC" KEY',
    f'{NAME} valid-before="19700101Z" KEY',
    f'{NAME} valid-before="20260231Z" KEY',
    f'{NAME} valid-before="2027010112005 " KEY',
    f'{NAME} valid-before="٢٠٢٧٠١٠١Z" KEY',
    f'{NAME} valid-after="20270101",valid-after="20200101" KEY',
    f"!{NAME},{NAME} KEY",
    "* KEY",
    "legal@* KEY",
    f'"{NAME}" KEY',
    f"{NAME},, KEY",
    f"{NAME}\fKEY",
    f"{NAME}\x0bKEY",
    f"{NAME}\x85KEY",
    f"{NAME} KEY\r",
    f"{NAME}\0 KEY",
    f"\ufeff{NAME} KEY",
    f"{NAME} x KEY",
    f"{NAME} KEY".replace("KEY", "ssh-ed25519 AAAA"),
    f"{NAME} SSH-ED25519 x",
    NAME,
    "KEY",
    f"{'a,' * 600}{NAME} KEY",
)


@pytest.mark.parametrize("line", READ)
def test_what_is_read_means_the_same(line: str, openssh: OpenSSH) -> None:
    assert openssh.same(filled(line, openssh.key)) is READ[line]


@pytest.mark.parametrize("line", REFUSED)
def test_what_openssh_reads_in_a_way_of_its_own_is_refused(line: str, openssh: OpenSSH) -> None:
    text = filled(f"# first\n{line}", openssh.key)
    with pytest.raises(Unreadable, match="line 2"):
        read_signers(text)


def test_a_key_with_bits_beyond_its_end_is_refused(openssh: OpenSSH) -> None:
    kind, text = openssh.key.line().split()
    for wrong in (f"{text}=", f"{text[:-4]}====", text + "AAAA"):
        with pytest.raises(Unreadable):
            read_signers(f"{NAME} {kind} {wrong}")
    blob = base64.b64decode(text)
    with pytest.raises(Unreadable):
        read_signers(f"{NAME} {kind} {base64.b64encode(blob + b'x').decode()}")


OPTIONS = (
    f'namespaces="{VIEW_ROLE}"',
    f'namespaces="{VIEW_ROLE},git"',
    'namespaces="git"',
    'valid-after="20260101"',
    'valid-before="20270101Z"',
    'valid-after="20260602Z"',
    'valid-before="202606011201Z"',
    "cert-authority",
)
MARKS = (
    ",",
    " ",
    "\t",
    "  ",
    '"',
    "!",
    "*",
    "?",
    "#",
    "\\",
    "=",
    "-",
    "x",
    "0",
    "Z",
    "\n",
    "\r",
    "\f",
    "\x0b",
)
WIDE = ("\x1c", "\x85", "\u2028", "\xa0", "é", "é ")
WORDS = (NAME, "second@x", "namespaces", 'namespaces="', "NameSpaces", VIEW_ROLE, "20260601", "ssh-ed25519")
PIECES = (*OPTIONS, *MARKS, *WIDE, *WORDS, "KEY", "KEY ", " KEY", "comment")


def mutated(drawn: random.Random) -> str:
    """A list of signers, mostly of the right form, with a few pieces put in, taken out or changed."""
    line = [NAME, " ", *drawn.choice(([], [drawn.choice(OPTIONS[:7]), " "])), "KEY"]
    if drawn.random() < 0.4 and len(line) > 3:
        line[2:3] = [line[2], ",", drawn.choice(OPTIONS)]
    for _ in range(drawn.choice((0, 1, 1, 2, 3))):
        place = drawn.randrange(len(line) + 1)
        if drawn.random() < 0.6:
            line.insert(place, drawn.choice(PIECES))
        elif place < len(line):
            line[place : place + 1] = drawn.choice(([], [line[place].upper()], [line[place] * 2]))
    return "".join(line)


def test_fuzzed_lists_mean_the_same_to_openssh(openssh: OpenSSH) -> None:
    """What is accepted here is accepted there, and what does not count here does not there.

    Only in the second that `valid-before` names OpenSSH still takes a key that is refused here.
    """
    drawn, seen = random.Random(20), {True: 0, False: 0, None: 0}
    for _ in range(250):
        signers = filled(mutated(drawn), openssh.key)
        seen[openssh.same(signers)] += 1
    assert min(seen.values()) >= 10, seen


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("text", ["20260115", "20260715", "202607151230", "20260715123059", "20260329023000"])
def test_local_times_are_those_of_openssh(
    zone: str, text: str, openssh: OpenSSH, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSH takes local times as standard time, also in summer."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        at = moment(text)
        assert at is not None
        for second, wanted in ((at - 1, False), (at, True)):
            stamp = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(second))
            (openssh.folder / "list").write_text(f'{NAME} valid-after="{text}" {openssh.key.line()}\n')
            command = ["ssh-keygen", "-Y", "verify", "-f", "list", "-I", NAME, "-n", VIEW_ROLE, "-s", "sig"]
            done = subprocess.run(
                [*command, f"-Overify-time={stamp}"], cwd=openssh.folder, input=MESSAGE, capture_output=True,
                check=False, env={**os.environ, "TZ": zone},
            )  # fmt: skip
            assert (done.returncode == 0) is wanted, (done.stderr, at)
    finally:
        monkeypatch.undo()
        time.tzset()


# --- one form of armour ------------------------------------------------------------------------------------


def test_armour_has_the_form_of_openssh(openssh: OpenSSH) -> None:
    (openssh.folder / "message").write_bytes(MESSAGE)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", VIEW_ROLE, "message"]
    subprocess.run(command, cwd=openssh.folder, check=True)
    made = (openssh.folder / "message.sig").read_bytes()
    assert made == openssh.key.sign(MESSAGE, VIEW_ROLE)
    assert read_signature(made).public == openssh.key.public


def test_any_other_form_is_refused(openssh: OpenSSH) -> None:
    good = openssh.key.sign(MESSAGE, VIEW_ROLE)
    first, *body, last = good.decode().splitlines()
    text = "".join(body)
    blob = base64.b64decode(text)
    forms = {
        "one line": "\n".join([first, text, last, ""]),
        "short lines": "\n".join([first, *(text[i : i + 64] for i in range(0, len(text), 64)), last, ""]),
        "no line end": good.decode().rstrip("\n"),
        "two line ends": good.decode() + "\n",
        "line ends of another system": good.decode().replace("\n", "\r\n"),
        "blanks": good.decode().replace("\n", " \n"),
        "text before": "x\n" + good.decode(),
        "text after": good.decode() + "x\n",
        "an empty line": "\n".join([first, "", *body, last, ""]),
        "no marks at the end": good.decode().replace("==\n", "\n"),
        "a vertical tab": good.decode().replace("\n", "\x0b", 1),
    }
    assert armour(blob) == good
    for name, form in forms.items():
        if form.encode() != good:
            with pytest.raises(Unreadable):
                raise AssertionError(f"{name}: {read_signature(form.encode('latin-1'))}")


# --- names and revoked keys --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "a b", "a,b", 'a"b', "a*", "!a", "a?", "a#b", "a\\b", "a\x01b", "é", "a\n", "a" * 1001]
)
def test_what_is_no_name(name: str, tmp_path: Path, openssh: OpenSSH) -> None:
    assert not is_name(name) and is_name(NAME)


def test_a_list_of_revoked_keys_that_would_revoke_nobody_is_refused(openssh: OpenSSH) -> None:
    good = f"# since May\n\n{openssh.key.fingerprint}\n"
    assert read_revoked(good) == {openssh.key.fingerprint} and read_revoked("") == frozenset()
    for wrong in (
        openssh.key.line(),
        public_line(openssh.key.public),
        "MD5:00:11",
        openssh.key.fingerprint[:-1],
    ):
        with pytest.raises(Unreadable, match="line 1"):
            read_revoked(wrong)
