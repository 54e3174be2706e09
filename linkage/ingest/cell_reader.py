"""One cell as a file holds it: cleaned, read, and known to be empty where it holds a word that means nothing.

This is the truth that `columns.py` must agree with; it is only asked about what that is unsure of.
"""

import re
import uuid
from typing import Any, NamedTuple

from linkage import schema
from linkage.ingest import addresses, blanks, cells, cleaning, reasons
from linkage.ingest.blanks import Words
from linkage.ingest.cells import WHITE, Limits
from linkage.ingest.cleaning import Cleaned
from linkage.ingest.reasons import Refused

VERBATIM = ("prompt", "system_prompt")
"""Texts whose white space is theirs."""
PROSE = (*VERBATIM, "value")
"""Texts whose tabs and line ends are theirs; a value of the long form may be a prompt."""
ACCOUNT = "account"
IDS = (ACCOUNT, "device", "api_key", "interaction", "fingerprint", "billing_hash", "bin", "asn", "phone_hash")
"""Columns of ids, none of which is a number that could be reckoned with."""
NUMBER_ID = re.compile(r"(?P<whole>[0-9]{1,18})(?:\.0+|(?:\.[0-9]+)?(?P<power>[eE]\+[0-9]+))")
"""An id as programs write it that took it for a number: a column of floats, a spreadsheet."""
ADDRESS = "ip"
"""The column of addresses."""


class Cell(NamedTuple):
    """What a cell says (a time as Moment; None: nothing), what was cleaned in it, and whether it held a word
    that says that nothing is known."""

    value: Any
    cleaned: tuple[str, ...] = ()
    meaningless: bool = False


def read_cell(name: str, kind: str, value: Any, bounds: Limits, epoch: str = "") -> Cell:
    """What a cell of the column `name` says; raises Refused with the reason for one that cannot be used.

    `epoch` is the declared epoch of a column of times that are numbers.
    """
    if value is None:
        return Cell(None)
    if name == ADDRESS:
        value = _address_text(value)
    how: tuple[str, ...] = ()
    if isinstance(value, str | bytes):
        value, how = _cleaned(name, value, bounds)
        bare = value.strip(WHITE)
        if blanks.is_blank(bare, words_of(name, bounds)):
            return Cell(None, how, meaningless=True)
        if not bare and name not in VERBATIM:
            return Cell(None, how)
    if name in IDS and isinstance(value, str):
        value = plain_id(value)
    if kind == schema.TIME:
        return Cell(cells.moment(value, bounds, epoch), how)
    if kind == schema.TEXT and name in VERBATIM:
        return Cell(cells.text(value, bounds, trim=False), how)
    return Cell(cells.READ[kind](value, bounds), how)


def plain_id(text: str) -> str:
    """The id, of one that is a whole number with a fraction of zeros the number; raises Refused for a number
    that was rounded."""
    if not (found := NUMBER_ID.fullmatch(text.strip(WHITE))):
        return text
    if found["power"]:
        raise Refused(reasons.ROUNDED_ID)
    return found["whole"]


def words_of(name: str, bounds: Limits) -> Words:
    """The words that mean nothing in the column `name`."""
    return bounds.prose if name in VERBATIM else bounds.words


def _cleaned(name: str, value: str | bytes, bounds: Limits) -> Cleaned:
    verbatim = name in VERBATIM
    given = cleaning.decoded(value) if isinstance(value, bytes) else Cleaned(value)
    text = given.text if verbatim else given.text.strip(WHITE)
    found = cleaning.clean_id(text) if name == ACCOUNT else cleaning.clean(text, prose=name in PROSE)
    short = cleaning.cut(found.text, bounds.max_bytes) if verbatim else Cleaned(found.text)
    return Cleaned(short.text, (*given.how, *found.how, *short.how))


def _address_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return addresses.packed(value) or value
    if isinstance(value, list) and value and all(isinstance(each, str | bytes) for each in value):
        return ", ".join(each if isinstance(each, str) else cleaning.decoded(each).text for each in value)
    return value


def uuid_text(value: bytes) -> str:
    """The text of 16 bytes that are an id."""
    return str(uuid.UUID(bytes=value))
