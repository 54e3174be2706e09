"""audit: who did what with a case, checked and signed."""

from pathlib import Path
from typing import Any

from linkage.bundle import create, signing
from linkage.bundle import trusted_signers as trust_store
from linkage.bundle.checks.sshsig import Unreadable, read_signers
from linkage.case import Case, audit_faults
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.cli.files import passphrase, read_text
from linkage.cli.screen.layout import rows, text
from linkage.cli.screen.layout import show as page
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.errors import IntegrityError, UsageError
from linkage.wording import many


def audit(
    *, case: Path, key: Path | None, passphrase_file: Path | None, signers: Path | None, output: Format
) -> int:
    """Check an audit file, or sign it."""
    found = Case(case)
    if key is not None:
        row = create.sign_audit(found.path, signing.load_key(key, passphrase(passphrase_file)))
        say(f"{many(row['entries'], 'entry', 'entries')} signed; the head is {row['head']}")
    faults = audit_faults(found.path) + create.audit_contradictions(found.path, _signers(signers))
    entries = read_lines(found.path / AUDIT)
    if output is Format.table:
        body = [(row["seq"], row["at"], row["who"], row["action"]) for row in entries]
        page(rows(("entry", "time", "who", "action*"), body, right="entry"), *(text(each) for each in faults))
    else:
        emit(output, entries, faults=faults)
    return IntegrityError.exit_code if faults else 0


def _signers(path: Path | None) -> Any:
    if path is None:
        return trust_store.trusted() or None
    try:
        return read_signers(read_text(path))
    except Unreadable as error:
        raise UsageError(f"{path}: {error}") from error
