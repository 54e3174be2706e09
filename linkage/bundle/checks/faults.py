"""What is wrong with a bundle: all of it, each with path, expected and found."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

RUNGS = {
    "V0": "bytes intact",
    "V1": "signer and time",
    "V2": "opened units were sealed",
    "V3": "claims recompute from the opened units",
    "V4": "a full re-run gives the same tables",
    "V5": "random-challenge audit",
}

HOLDS, FAILS, OPEN = "holds", "fails", "not checked"

MOST_FAULTS = 1_000
"""Faults that are kept; further ones are counted."""


def shown(text: object) -> str:
    """A text as plain ASCII: no character of it can steer a terminal or pass for another."""
    return "".join(each if " " <= each <= "~" else f"\\u{{{ord(each):x}}}" for each in str(text))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at the rung of the ladder that it breaks."""

    rung: str
    what: str
    path: str
    expected: str = ""
    found: str = ""


@dataclass
class Report:
    """What a verification found: faults, and for each rung what was looked at and what was not."""

    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    looked: dict[str, str] = field(default_factory=dict)
    not_looked: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def fault(self, rung: str, what: str, path: str, *, expected: object = "", found: object = "") -> None:
        """Keep one fault."""
        if self.full:
            self.more += 1
        else:
            self.faults.append(Fault(rung, what, path, str(expected)[:200], str(found)[:200]))

    @property
    def full(self) -> bool:
        """Whether further faults are counted, not kept."""
        return len(self.faults) >= MOST_FAULTS

    def failed(self, rung: str) -> bool:
        """Whether a rung has a fault."""
        return any(each.rung == rung for each in self.faults)

    def ladder(self) -> Iterator[tuple[str, str, str, str]]:
        """Of each rung: its name, what it means, whether it holds, and a remark."""
        for rung, meaning in RUNGS.items():
            if self.failed(rung):
                count = sum(each.rung == rung for each in self.faults)
                yield rung, meaning, FAILS, f"{count} fault{'' if count == 1 else 's'}"
            elif rung in self.looked:
                yield rung, meaning, HOLDS, self.looked[rung]
            else:
                yield rung, meaning, OPEN, self.not_looked.get(rung, "an earlier rung fails")

    @property
    def good(self) -> bool:
        """Nothing is wrong, and bytes, signer and seal were all looked at."""
        return not self.faults and {"V0", "V1", "V2"} <= set(self.looked)


BY_CONTENT = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What content of another form than a check was written for can raise."""


@contextmanager
def to_the_end(report: Report, rung: str, path: str) -> Iterator[None]:
    """A check: whatever ends it early is a fault of the bundle, for what was not checked does not hold."""
    try:
        yield
    except OSError as error:
        report.fault(
            rung, "a file cannot be read", path, expected="a file", found=error.strerror or repr(error)
        )
    except BY_CONTENT as error:
        report.fault(
            rung,
            "a check that could not be completed",
            path,
            expected="content of the form that is checked",
            found=repr(error),
        )
