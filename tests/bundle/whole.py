"""Cases that a run made from logs, and what a re-run of the same logs gives: for whatever V4 has to tell."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage import investigate
from linkage.bundle import create, rerun
from linkage.bundle.checks.ladder import Asked, Verified, verify_bundle
from linkage.bundle.policy import Policy
from linkage.bundle.signing import Key, new_key, signer_line
from linkage.case import Case
from linkage.case.journal import VERDICTS
from linkage.links.constraints import on_group
from linkage.schema import OUTCOMES
from tests import promised, returning
from tests.bundle.made import unpacked


@dataclass(frozen=True)
class Whole:
    """A case that a run made, its sources, one of its groups, a key, and a re-run of the same sources."""

    sources: Path
    case: Path
    group: str
    key: Key
    again: Path

    @property
    def signers(self) -> str:
        """Who may sign."""
        return signer_line(self.key, seal=True, view=True)

    def bundle(self, out: Path, policy: Policy, **changes: Any) -> Path:
        """A bundle on the group."""
        create.create(Case(self.case), create.Wanted([self.group], policy, self.key, "court", out, **changes))
        return out

    def verified(self, path: Path) -> Verified:
        """What the verifier says of a bundle that holds."""
        found = verify_bundle(str(path), Asked(self.signers))
        assert found.report.good, found.report.faults
        return found

    def climb(self, path: Path) -> Verified:
        """Every rung that needs nobody else: V0 to V3, and V4 with the tables of the re-run."""
        found = verify_bundle(str(path), Asked(self.signers, recompute=True))
        verdicts = self.case / VERDICTS
        given = rerun.Given([self.sources], verdicts=verdicts if verdicts.exists() else None)
        rerun.rerun(found, path, given, investigate=self._copy)
        return found

    def _copy(self, sources: Sequence[Path], folder: Path, **more: Any) -> None:
        """The re-run: made once, by the program itself."""
        del sources, more
        shutil.copytree(self.again, folder, dirs_exist_ok=True)


def named_in(bundle: Path) -> str:
    """The name that a bundle on one group has for it."""
    (group,) = json.loads(unpacked(bundle)["data/VIEW.json"])["groups"]
    return str(group)


def whole(folder: Path, *, operator: int = 12) -> Whole:
    """A case whose one group its data carry; whoever makes the logs says how many accounts it has."""
    promised.write(returning.tables("a", operator=operator, strangers=52 - operator), folder / "logs")
    settings = returning.chosen()
    case = investigate(folder / "logs", case=folder / "case", settings=settings)
    investigate(folder / "logs", case=folder / "again", settings=settings)
    (finding,) = case.findings
    key = new_key(folder / "key", "legal@x.example")
    return Whole(folder / "logs", case.path, finding["group"], key, folder / "again")


def confirmed(folder: Path) -> Whole:
    """A case whose one group stands because a person confirmed it: one operator does not lead by enough."""
    promised.write(returning.tables("a", strangers=40), folder / "logs")
    settings = returning.chosen(margin_bits=60.0)
    case = investigate(folder / "logs", case=folder / "case", settings=settings)
    assert not [*case.findings]
    sizes = Counter(row["group"] for name in OUTCOMES for row in case.table(name).to_pylist())
    ((group, _),) = sizes.most_common(1)
    members = [row["account"] for row in case.members(group)]
    case.judge(on_group("confirmed", group, members, "seen in another case"), who="mira")
    case = investigate(folder / "logs", case=folder / "case", settings=settings)
    (finding,) = case.findings
    (folder / "again").mkdir()
    shutil.copy(case.path / VERDICTS, folder / "again")
    investigate(folder / "logs", case=folder / "again", settings=settings)
    key = new_key(folder / "key", "legal@x.example")
    return Whole(folder / "logs", case.path, finding["group"], key, folder / "again")
