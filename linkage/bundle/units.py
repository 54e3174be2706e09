"""Units: one line each, hashed as it stands, with a salt without which nobody can guess what was hashed."""

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from linkage.bundle.checks.disclosures import unit_class
from linkage.bundle.checks.limits import LONGEST_LINE, LONGEST_UNIT, SAFE_INTEGER
from linkage.bundle.checks.strict_json import HALF
from linkage.bundle.checks.unit_parts import PART, part_path
from linkage.errors import IntegrityError
from linkage.schema import content_id

__all__ = ["Secret", "day", "fixed", "moment", "plain", "slug", "unit_class", "unit_line", "without_halves"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)
_SLUG = re.compile("[a-z0-9][a-z0-9_]*")
_OTHER = re.compile("[^a-z0-9]+")
LONGEST_SLUG = 60
"""Characters of a name that stands in a path as it is."""

ROOM = 512
"""Bytes of a unit's line around its value: salt, path, marks."""

AT_HAND = 1 << 16
"""Names and moments of which it is remembered how they are written: those of an account stand in units that
are near each other."""


CASE_WIDE = ("case", "share")
"""Kinds of handles that are the same under every seal of a case."""


@dataclass(frozen=True)
class Secret:
    """The 32 random bytes of a case from which its salts, handles and decoys come.

    One pseudo-random function under distinct labels, so that the same case gives the same bundle. Who
    has these bytes can open everything; who destroys them makes what was not opened unopenable.

    Salts, handles and decoys are those of one seal (`of_seal`): a bundle under another seal of the case opens
    nothing of this one, and no handle or commitment of the two is the same.
    """

    key: bytes
    seal: bytes = b""
    """The key of one seal; empty where nothing is sealed."""

    def of_seal(self, *basis: str) -> "Secret":
        """The secret under the seal that is made of these."""
        return Secret(self.key, self._case_wide("seal-v1", _LINE.encode(basis)))

    def salt(self, path: str) -> str:
        """The salt of a unit: 128 bits."""
        return self._draw("salt-v1", path)[:16].hex()

    def handle(self, kind: str, *names: str) -> str:
        """What stands for names in the paths and values of units; no order can be read from it."""
        return self._handles(kind, *names)

    @cached_property
    def _handles(self) -> Callable[..., str]:
        """The handles, those at hand once each."""

        def handle(kind: str, *names: str) -> str:
            drawn = self._case_wide if kind in CASE_WIDE else self._draw
            return drawn("handle-v1", _list_of_texts(kind, *names))[:10].hex()

        return lru_cache(AT_HAND)(handle)

    def digest(self, kind: str, *names: str) -> str:
        """A digest of names that nobody can check a guess by: 256 bits under this secret."""
        return self._draw("digest-v1", _list_of_texts(kind, *names)).hex()

    def alias(self, group: str) -> str:
        """The name of a group in bundles of the case, from which nobody can tell its members."""
        return self._aliases(group)

    @cached_property
    def _aliases(self) -> Callable[[str], str]:
        """The names of groups, those at hand once each: nearly every unit has one in its path."""
        return lru_cache(AT_HAND)(lambda group: f"g-{self._case_wide('group-v1', group)[:8].hex()}")

    def decoy(self, number: int) -> str:
        """The path of a decoy."""
        return f"decoy/{self.handle('decoy', str(number))}/none"

    def pseudonym(self, recipient: str, account: str) -> str:
        """An account's name for one recipient; two recipients' names for it have nothing in common."""
        return "acct-" + self._case_wide("recipient-v1", _LINE.encode([recipient, account]))[:8].hex()

    def _draw(self, label: str, text: str) -> bytes:
        return self._function(f"{label}\0{text}".encode("ascii"))

    def _case_wide(self, label: str, text: str) -> bytes:
        return self._of_case(f"{label}\0{text}".encode("ascii"))

    @cached_property
    def _function(self) -> Callable[[bytes], bytes]:
        return keyed(self.seal or self.key)

    @cached_property
    def _of_case(self) -> Callable[[bytes], bytes]:
        return keyed(self.key)


def keyed(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 under a key. It is prepared once, and each text goes on from there: millions are drawn."""
    begun = hmac.new(key, digestmod="sha256")

    def draw(text: bytes) -> bytes:
        own = begun.copy()
        own.update(text)
        return own.digest()

    return draw


def _list_of_texts(*texts: str) -> str:
    """A list of texts as JSON has it; handles are made of millions."""
    return f"[{','.join(map(encode_basestring_ascii, texts))}]"


def unit_line(secret: Secret, path: str, value: Any) -> bytes:
    """The line of a unit, without its end: salt, path, value."""
    return _encoded([secret.salt(path), path, value])


def unit_lines(secret: Secret, path: str, value: Any) -> Iterator[tuple[str, Any, bytes]]:
    """Path, value and line of a unit; of a list whose line would be too long, of each of its parts.

    Raises IntegrityError where a single value is longer than a line of a bundle may be.
    """
    line = unit_line(secret, path, value)
    if len(line) <= LONGEST_UNIT:
        yield path, value, line
    elif isinstance(value, list) and len(value) > 1:
        parts = list(_pieces(value))
        for number, part in enumerate(parts, 1):
            own = part_path(path, number, len(parts))
            yield own, part, _whole_line(secret, own, part)
    else:
        yield path, value, _whole_line(secret, path, value)


def _pieces(rows: list[Any]) -> Iterator[list[Any]]:
    """The rows in order, as many together as fit a unit; at least one."""
    piece: list[Any] = []
    size = 0
    for row in rows:
        more = len(_encoded(row)) + 1
        if piece and size + more > LONGEST_UNIT - ROOM:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += more
    yield piece


def _whole_line(secret: Secret, path: str, value: Any) -> bytes:
    line = unit_line(secret, path, value)
    if len(line) > LONGEST_LINE:
        raise IntegrityError(
            f"{path}: a value of {len(line):,} bytes, more than the {LONGEST_LINE:,} of a line of a bundle",
            hint="leave the column with such texts out of the case, or shorten them before investigate",
        )
    return line


def _encoded(value: Any) -> bytes:
    """One JSON value on one line, ASCII alone. Halves of characters, which only names of files can hold,
    become text: no reader could take them for what they were."""
    text = _LINE.encode(value)
    if HALF.search(text):
        text = _LINE.encode(without_halves(value))
    return text.encode("ascii")


def without_halves(value: Any) -> Any:
    """A value whose texts hold no halves of characters: such as each becomes its number."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {without_halves(name): without_halves(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_halves(each) for each in value]
    return value


def json_line(value: Any) -> bytes:
    """One JSON value on one line, keys sorted, ASCII alone."""
    return _encoded(value) + b"\n"


def fixed(number: float | None) -> str | None:
    """A number with six decimals, as text: every reader gets the same digits."""
    text = None if number is None else f"{number:.6f}"
    return "0.000000" if text == "-0.000000" else text


def plain(value: Any) -> Any:
    """A value that JSON carries without loss: fractions and large integers become text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    return str(value)


def moment(at: datetime | int | None) -> str | None:
    """A moment in UTC with all its digits; a number is microseconds since 1970."""
    if at is None:
        return None
    return _of_micros(at) if isinstance(at, int) else _in_utc(at.astimezone(UTC))


@lru_cache(AT_HAND)
def _of_micros(at: int) -> str:
    return _in_utc(EPOCH + timedelta(microseconds=at))


def _in_utc(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def day(at: datetime | int | None) -> str | None:
    """The same, by the day."""
    exact = moment(at)
    return exact and exact[:10]


def slug(name: str) -> str:
    """A name as a part of a path; names that differ give parts that differ."""
    hyphened = name.replace("_", "-")
    # Nor may a name be taken for a part of a list.
    if len(name) <= LONGEST_SLUG and _SLUG.fullmatch(name) and not PART.fullmatch(hyphened):
        return hyphened
    return f"{_OTHER.sub('-', name.lower()).strip('-')[:24]}-{content_id([name])[:8]}".lstrip("-")
