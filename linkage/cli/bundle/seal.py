"""bundle seal: a case sealed before anybody is shown anything of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.bundle import create as bundles
from linkage.bundle import signing
from linkage.bundle.validation import read_validation
from linkage.case import Case
from linkage.cli.files import passphrase
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.errors import command


def seal(
    *, case: Path, keys: Mapping[str, Path | None], more: Mapping[str, Any], output: Format, who: str
) -> None:
    """Seal a case, and print its seal."""
    assert keys["key"] is not None
    key = signing.load_key(keys["key"], passphrase(keys["passphrase_file"]))
    validation = read_validation(more["validation"]) if more["validation"] else None
    page, new = bundles.seal_case(
        Case(case), key, validation=validation, reseal=bool(more["reseal"]), who=who
    )
    if output is Format.table:
        print(page.digest)
    else:
        emit(output, [{"seal": page.digest, **page.fields}])
    if new:
        say(f"the case is sealed; keep {case}/seal safe: nothing else can open what is sealed")
    say(f"next: {command('linkage', 'bundle', 'timestamp', 'request', case, '--out', 'seal.tsq')}")
