"""bundle timestamp: a time stamp of the signature of a seal or a bundle, asked for and added."""

from pathlib import Path

from linkage.bundle import timestamp
from linkage.case.writer import is_case
from linkage.cli.files import write_bytes
from linkage.cli.screen.terminal import say
from linkage.errors import command


def request(*, file: Path, out: Path) -> None:
    """Write a request."""
    write_bytes(out, timestamp.request(file))
    kind = "Content-Type: application/timestamp-query"
    post = command("curl", "-H", kind, "--data-binary", f"@{out}", "URL", "--output", "ANSWER.tsr")
    say(f"send {out} to an authority, for example: {post}")
    given = (file, "ANSWER.tsr", "--request", out, "--tsa-roots", "ROOTS.pem")
    say(f"next: {command('linkage', 'bundle', 'timestamp', 'import', *given)}")


def accept(*, file: Path, response: Path, asked: Path, tsa_roots: Path, out: Path | None) -> None:
    """Check an answer, and put it into the bundle."""
    when, who = timestamp.taken_in(file, response, asked=asked, trusted=tsa_roots, out=out or file)
    say(f"{out or file}: time-stamped {when} by {who}")
    if is_case(file):
        say("next: linkage bundle create: every bundle of this seal has the time stamp")
    else:
        given = (out or file, "--signers", "FILE", "--tsa-roots", tsa_roots)
        say(f"next: {command('linkage', 'bundle', 'verify', *given)}")
