"""One group as the sections of a report see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from linkage.explain.findings import Examination, examination
from linkage.report.document import Block, Number, Prose, Withheld
from linkage.report.formatting import claimed
from linkage.report.opened_units import Gathered, Whole

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A group with everything that is opened of it, why the rest is not, and what people decided on it.
    `sealed`: the report stands in a bundle."""

    name: str
    whole: Whole
    group: Gathered
    withheld: Mapping[str, Row]
    verdicts: Sequence[str] = ()
    sealed: bool = False

    @cached_property
    def numbered(self) -> list[tuple[int, Row]]:
        """Its claims, each with its place in the list."""
        return list(enumerate(self.group.claims, 1))

    def claim(self, method: str, of: str = "") -> tuple[int, Row] | None:
        """The claim made by a method, of one thing where it has several."""
        for place, claim in self.numbered:
            if claim["method"] == method and claim.get("of", "") == of:
                return place, claim
        return None

    def number(self, method: str, of: str = "") -> Number | None:
        """The number of a claim."""
        found = self.claim(method, of)
        return None if found is None else as_number(*found)

    def why_not(self, *kinds: str) -> str:
        """Why units of one of these classes are withheld; empty where none is."""
        for kind in kinds:
            for name in (kind, f"{kind.partition('.')[0]}.*", f"{kind}, redacted"):
                if name in self.withheld:
                    return str(self.withheld[name]["reason"])
        return ""

    def missing(self, what: str, *kinds: str) -> Block:
        """What stands where something cannot be shown: that it is withheld, or that it is not known."""
        why = self.why_not(*kinds)
        return Withheld(what, why) if why else Prose(f"{what}: not recorded in this case.")

    @cached_property
    def examination(self) -> Examination | None:
        """What the examination of the group found; None where it is not opened, or there was none."""
        return examination(self.group.fields)

    @property
    def undecided(self) -> list[str]:
        """Of an unresolved group that it is no finding, and what would settle it; of any other nothing."""
        if self.field("outcome") != "unresolved":
            return []
        settles = self.field("settles-in-full") or self.field("settles")
        return [
            f"Unresolved, no finding: {self.field('reason')}. Nothing here is held against its accounts.",
            *([f"What would settle it: {settles}"] if settles else []),
        ]

    @property
    def decided(self) -> list[str]:
        """What a person decided that speaks against the group: it stands by that, and not by its data."""
        said = [each[:1].upper() + each[1:] for each in self.field("decided") or ()]
        return [f"{each}." for each in said]

    def field(self, name: str) -> Any:
        """A value of the group as a whole; None where it is not opened, or empty."""
        return self.group.fields.get(name) or None


def as_number(place: int, claim: Row) -> Number:
    """The number of a claim, with what leads to it."""
    return Number(claimed(claim), str(claim["claim"]), place, str(claim["value"]))
