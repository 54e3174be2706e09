"""Challenges to a seal, answered from the case."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from linkage.bundle.checks.challenge import picks
from linkage.bundle.decoys import Blocks
from linkage.bundle.group_names import Unit
from linkage.bundle.seal import decoy_line, lines_of
from linkage.bundle.units import Secret, unit_class


def answer(given: Mapping[str, Any], units: Callable[[], Iterable[Unit]], secret: Secret) -> list[bytes]:
    """The lines behind the picked commitments, decoys among them, in the order of the picks."""
    digests = sorted(hashlib.sha256(line).digest() for line in _lines(units, secret))
    picked = picks(given["seal"], given["beacon"], given["count"], len(digests))
    order = {digests[place]: number for number, place in enumerate(picked)}
    found: dict[int, bytes] = {}
    for line in _lines(units, secret):
        if (number := order.get(hashlib.sha256(line).digest())) is not None:
            found[number] = line
    return [found[number] for number in sorted(found)]


def _lines(units: Callable[[], Iterable[Unit]], secret: Secret) -> Iterator[bytes]:
    """Every line that is committed to."""
    blocks = Blocks()
    for path, _, group, line in lines_of(units(), secret):
        blocks.add(group, unit_class(path))
        yield line
    yield from (decoy_line(secret, number) for number in range(blocks.counts.total(), blocks.total()))
