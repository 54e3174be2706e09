"""Units: one line each, hashed as it stands, with a salt without which nobody can guess what was hashed."""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from linkage.bundle.checks.disclosures import unit_class
from linkage.bundle.checks.strict_json import SAFE_INTEGER
from linkage.schema import content_id

__all__ = ["Secret", "day", "fixed", "moment", "plain", "slug", "unit_class", "unit_line"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)
_SLUG = re.compile("[a-z0-9][a-z0-9_]*")
_OTHER = re.compile("[^a-z0-9]+")


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
        drawn = self._case_wide if kind in CASE_WIDE else self._draw
        return drawn("handle-v1", _LINE.encode([kind, *names]))[:10].hex()

    def alias(self, group: str) -> str:
        """The name of a group in bundles of the case, from which nobody can tell its members."""
        return f"g-{self._case_wide('group-v1', group)[:8].hex()}"

    def decoy(self, number: int) -> str:
        """The path of a decoy."""
        return f"decoy/{self.handle('decoy', str(number))}/none"

    def pseudonym(self, recipient: str, account: str) -> str:
        """An account's name for one recipient; two recipients' names for it have nothing in common."""
        return "acct-" + self._case_wide("recipient-v1", _LINE.encode([recipient, account]))[:8].hex()

    def _draw(self, label: str, text: str) -> bytes:
        return hmac.digest(self.seal or self.key, f"{label}\0{text}".encode("ascii"), "sha256")

    def _case_wide(self, label: str, text: str) -> bytes:
        return Secret(self.key)._draw(label, text)


def unit_line(secret: Secret, path: str, value: Any) -> bytes:
    """The line of a unit, without its end: salt, path, value."""
    return _LINE.encode([secret.salt(path), path, value]).encode("ascii")


def json_line(value: Any) -> bytes:
    """One JSON value on one line, keys sorted, ASCII alone."""
    return _LINE.encode(value).encode("ascii") + b"\n"


def fixed(number: float | None) -> str | None:
    """A number with six decimals, as text: every reader gets the same digits."""
    return None if number is None else f"{number:.6f}"


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
    exact = EPOCH + timedelta(microseconds=at) if isinstance(at, int) else at.astimezone(UTC)
    return exact.strftime("%Y-%m-%dT%H:%M:%S.") + f"{exact.microsecond:06d}Z"


def day(at: datetime | int | None) -> str | None:
    """The same, by the day."""
    exact = moment(at)
    return exact and exact[:10]


def slug(name: str) -> str:
    """A name as a part of a path; names that differ give parts that differ."""
    if _SLUG.fullmatch(name):
        return name.replace("_", "-")
    return f"{_OTHER.sub('-', name.lower()).strip('-')[:24]}-{content_id([name])[:8]}".lstrip("-")
