"""share: the indicators of groups, for other providers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.attribution.exchange_key import read_exchange_key
from linkage.bundle import signing
from linkage.case import Case, audit, user
from linkage.cli.files import passphrase, write_bytes
from linkage.cli.screen.layout import FAINT, heading, indented, line, rows, text
from linkage.cli.screen.layout import show as page
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.errors import UsageError
from linkage.share.tlp import level

ROLE = "evidence-share@v1"
"""The namespace of the signature."""

UNNAMED = "a provider"
"""The sender where neither an option nor a key names one."""


def share(
    *,
    case: Path,
    groups: Sequence[str],
    out: Path,
    terms: Mapping[str, Any],
    keys: Mapping[str, Path | None],
    output: Format,
    who: str,
) -> None:
    """Write the STIX bundle, and its signature."""
    tlp = level(terms["tlp"])
    key = signing.load_key(keys["key"], passphrase(keys["passphrase_file"])) if keys["key"] else None
    exchange = read_exchange_key(keys["exchange_key"]) if keys["exchange_key"] else None
    if exchange and terms["text"]:
        raise UsageError(
            "--with-text cannot be used with --exchange-key: a digest of a text matches only the exact text",
            hint="leave out --with-text",
        )
    from linkage.share import export

    found = Case(case)
    provider = terms["provider"] or (key.principal if key else UNNAMED)
    wanted = export.Wanted(list(groups), provider, terms["recipient"], tlp, key=exchange, text=terms["text"])
    made = export.share(found, wanted)
    write_bytes(out, made.content)
    if key is not None:
        write_bytes(Path(f"{out}.sig"), key.sign(made.content, ROLE))
    detail = {
        "groups": sorted(set(groups)),
        "recipient": terms["recipient"],
        "tlp": tlp,
        "values": len(made.rows),
    }
    more = {"exchange_key": exchange.name()} if exchange else {}
    audit(found.path, "share", {**detail, "text": terms["text"], **more}, who=who or user())
    if output is not Format.table:
        emit(output, made.readable, held_back=made.held_back)
        return
    page(*_page(made, out, tlp))
    if exchange is not None:
        say(
            f"the values are keyed digests under exchange key {exchange.name()}: "
            "whoever has that key can test guesses against them"
        )
    elif key is not None:
        say(f"next: ssh-keygen -Y verify -f signers -I {key.principal} -n {ROLE} -s {out}.sig < {out}")


def _page(made: Any, out: Path, tlp: str) -> list[Any]:
    parts: list[Any] = [
        line((str(out), "bold"), f"  {tlp}, {many(len(made.rows), 'value')}"),
        indented(rows(("group", "values", "traits*"), map(_operator, made.operators), right="values")),
    ]
    if made.held_back:
        body = [(f"{count:,}", why) for why, count in made.held_back.items()]
        parts += [heading("Not shared"), indented(rows(("values", "reason*"), body, right="values"))]
    if not made.rows:
        parts.append(text("No trait value is specific to these groups: other accounts have them too.", FAINT))
    return parts


def _operator(operator: Any) -> tuple[str, str, str]:
    counts = Counter(each.trait for each in operator.indicators)
    traits = ", ".join(f"{count:,} {trait}" for trait, count in sorted(counts.items()))
    return operator.name, f"{len(operator.indicators):,}", traits or "no specific value"
