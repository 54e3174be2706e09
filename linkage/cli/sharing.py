"""share and keys exchange: what they do and print."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.attribution.exchange_key import new_exchange_key, read_exchange_key
from linkage.bundle import sign
from linkage.case import Case, audit, user
from linkage.cli.bundling import passphrase
from linkage.cli.layout import FAINT, heading, indented, line, rows
from linkage.cli.layout import show as page
from linkage.cli.output import Format, emit
from linkage.cli.safe import safe
from linkage.cli.terminal import say
from linkage.cli.text import many
from linkage.errors import UsageError
from linkage.share.marking import level

ROLE = "evidence-share@v1"
"""The namespace of the signature."""

NOBODY = "a provider"


def share(
    *,
    case: Path,
    groups: Sequence[str],
    out: Path,
    said: Mapping[str, Any],
    keys: Mapping[str, Path | None],
    output: Format,
    who: str,
) -> None:
    """Write the bundle."""
    tlp = level(said["tlp"])
    key = sign.load_key(keys["key"], passphrase(keys["passphrase_file"])) if keys["key"] else None
    exchange = read_exchange_key(keys["exchange_key"]) if keys["exchange_key"] else None
    if exchange and said["text"]:
        raise UsageError(
            "a digest of a text is found by nobody who has another wording", hint="without --with-text"
        )
    from linkage.share import export

    found = Case(case)
    provider = said["provider"] or (key.principal if key else NOBODY)
    wanted = export.Wanted(list(groups), provider, said["recipient"], tlp, key=exchange, text=said["text"])
    made = export.share(found, wanted)
    _write(out, made.content)
    if key is not None:
        _write(Path(f"{out}.sig"), key.sign(made.content, ROLE))
    detail = {
        "groups": sorted(set(groups)),
        "recipient": said["recipient"],
        "tlp": tlp,
        "values": len(made.rows),
    }
    more = {"exchange_key": exchange.name()} if exchange else {}
    audit(found.path, "share", {**detail, "text": said["text"], **more}, who=who or user())
    if output is not Format.table:
        emit(output, made.readable, held_back=made.held_back)
        return
    page(*_told(made, out, tlp))
    if exchange is not None:
        say(
            f"values are digests under exchange key {exchange.name()}: who has it can try values against them"
        )
    elif key is not None:
        say(f"next: ssh-keygen -Y verify -f signers -I {key.principal} -n {ROLE} -s {out}.sig < {out}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _told(made: Any, out: Path, tlp: str) -> list[Any]:
    body = []
    for operator in made.operators:
        kinds: dict[str, int] = {}
        for each in operator.indicators:
            kinds[each.trait] = kinds.get(each.trait, 0) + 1
        told = ", ".join(f"{count:,} {trait}" for trait, count in sorted(kinds.items()))
        body.append((operator.name, f"{len(operator.indicators):,}", told or "no value of its own"))
    parts: list[Any] = [
        line((str(out), "bold"), f"  {tlp}, {many(len(made.rows), 'value')}"),
        indented(rows(("group", "values", "of*"), body, right="values")),
    ]
    if made.held_back:
        held = [(f"{count:,}", why) for why, count in made.held_back.items()]
        parts += [heading("Held back"), indented(rows(("values", "why*"), held, right="values"))]
    if not made.rows:
        parts.append(line(("nothing identifies these groups that others do not have, too", FAINT)))
    return parts


def exchange(*, file: Path) -> None:
    """Make the key of an exchange."""
    print(safe(new_exchange_key(file).name()))
    say(f"{file} is the key; whoever you exchange with needs the same file, and nobody else may have it")
