"""appeal: what is held about one account, on a page for its owner."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from linkage.bundle.masking import Mask, maskable
from linkage.case.account import EXPLAINED_PAIRS, facts_about
from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.cli.files import passphrase, write_bytes
from linkage.cli.read_case import read_case
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.explain.account import AccountFacts, AccountView, account_view, other
from linkage.report import html
from linkage.report.appeal import Page
from linkage.report.appeal import appeal as page_of

ROLE = "account-appeal@v1"
"""The namespace of the signature."""

COUNTRY = re.compile(r"another country than \w+")
"""Where a sentence names the country of most members: its code is too short for a mask."""

KINDS = ("funding", "plan")
"""Traits whose values are kinds of cards and plans: words of the sentences, which name nobody."""

CONTACT = "the service that sent you this page"


def appeal(
    *,
    case: Path,
    account: str,
    out: Path,
    contact: str,
    keys: Mapping[str, Path | None],
    output: Format,
    who: str,
) -> None:
    """Write the page, and its signature."""
    key = _key(keys["key"], keys["passphrase_file"]) if keys["key"] else None
    folder = read_case(case, "appeal", who, account=account, out=str(out))
    facts = facts_about(folder, account, pairs=EXPLAINED_PAIRS, with_texts=False)
    view = account_view(facts, folder.run)
    sentences: list[str] = []

    def collect(sentence: str) -> str:
        sentences.append(sentence)
        return sentence

    page_of(view, Page(facts.observations, contact or CONTACT, collect))
    mask = _mask(folder, facts, view, sentences)

    def hide(sentence: str) -> str:
        return COUNTRY.sub("another country than the group's commonest", mask.hide(sentence))

    content = html.render(page_of(view, Page(facts.observations, contact or CONTACT, hide)))
    write_bytes(out, content)
    if key is not None:
        write_bytes(Path(f"{out}.sig"), key.sign(content, ROLE))
    if output is not Format.table:
        emit(output, [{"account": account, "outcome": view.outcome, "out": str(out), "signed": bool(key)}])
        return
    print(f"{safe(out)}: {many(len(facts.observations), 'observation')} of {safe(account)}")
    say(
        "read it before you send it: it has no other account's id, and no value that this account does not"
        " hold itself"
    )
    if key is not None:
        say(f"next: ssh-keygen -Y verify -f signers -I {key.principal} -n {ROLE} -s {out}.sig < {out}")


def _key(path: Path, passphrase_file: Path | None) -> Any:
    # Cryptography is loaded for a signature only.
    from linkage.bundle import signing

    return signing.load_key(path, passphrase(passphrase_file))


def _mask(case: CaseReader, facts: AccountFacts, view: AccountView, sentences: Iterable[str]) -> Mask:
    """Takes out of these sentences the ids of others, and the values that they hold and this account does
    not."""
    names = {other(row, facts.account) for row in facts.links}
    if view.group:
        names |= {row["account"] for row in case.members(view.group)}
    others = names - {facts.account}
    if not (view.reason or view.settles or view.group_doubts):
        return Mask(others)
    pieces = {piece for each in sentences for piece in maskable(each)}
    own = {row["value"] for row in facts.observations}
    return Mask(others | set(Holdings(case).values_of(others, pieces - own, but=KINDS)))
