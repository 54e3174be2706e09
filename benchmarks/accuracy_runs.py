"""One run of the accuracy benchmark: simulate, withhold, investigate, score, and the rivals on the same rows.

What a run leaves is one JSON object; it holds all that intervals are made of, so that no case need be kept.
"""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rivals
from main_job import investigated

import linkage
from linkage.lab import calibrate
from linkage.lab.evaluate import evaluate, read_truth
from linkage.lab.interaction_scores import by_message, read_kinds, read_sent, read_workload
from linkage.lab.profiles import PROFILES
from linkage.lab.simulate import WITHHOLD, simulate
from linkage.lab.truth import INTERACTIONS, KINDS, TRUTH
from linkage.schema import OUTCOMES
from linkage.settings import Settings

REPLICATES = 100
"""Times the calibration of a run is made over again with accounts drawn with replacement."""

ALL = "all links"
RESAMPLED = (ALL, calibrate.REPORTED)
"""Populations of links whose calibration gets an interval."""

OURS = "linkage"
RESULTS = "runs.ndjson"

Record = dict[str, Any]
Places = dict[str, str]


@dataclass(frozen=True)
class Spec:
    """What is run: two equal specs under one code and settings give equal results.

    `without` names columns that the source's provider withholds (see WITHHOLD). An `order` other than 0
    shuffles the rows by this seed and gives the tool the same seed.
    """

    profile: str
    seed: int
    accounts: int
    interactions: int
    without: str = ""
    order: int = 0
    compared: bool = True

    def told(self) -> str:
        """The same for the screen."""
        withheld = f"without {self.without}" if self.without else ""
        more = [each for each in (withheld, f"order {self.order}" if self.order else "") if each]
        return ", ".join([f"{self.profile}, seed {self.seed}, {self.accounts:,} accounts", *more])


def missing(spec: Spec) -> str:
    """Why this cannot be run here; empty where it can."""
    return "" if spec.profile in PROFILES else f"the simulator has no profile '{spec.profile}'"


def code() -> str:
    """Digest of the program's text, command line apart, and of the rivals': results of other code are not
    these results."""
    package = Path(linkage.__file__).parent
    files = [path for path in sorted(package.rglob("*.py")) if "cli" not in path.relative_to(package).parts]
    files += [Path(rivals.__file__), Path(__file__)]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def key(spec: Spec, digest: str) -> dict[str, Any]:
    """What identifies a result."""
    return {**asdict(spec), "code": digest, "settings": Settings().digest()[:16]}


# --- results on disk -----------------------------------------------------------------------------


@dataclass
class Runs:
    """Runs what is asked for, each once, and appends each result to a file that a later call takes up."""

    work: Path
    keep: bool
    known: dict[str, Record] = field(default_factory=dict)
    digest: str = field(default_factory=code)

    @property
    def file(self) -> Path:
        """Where results are appended."""
        return self.work / RESULTS

    def resume(self) -> int:
        """Takes up results of earlier calls under the same code and settings; how many. A last line that
        was cut short is no result."""
        if self.file.exists():
            text = self.file.read_text("utf-8")
            if text and not text.endswith("\n"):
                self._append("")
            for line in text.splitlines():
                try:
                    record = json.loads(line)
                except json.JSONDecodeError:
                    continue
                self.known[_name(record["key"])] = record
        return sum(each["key"]["code"] == self.digest for each in self.known.values())

    def get(self, spec: Spec) -> tuple[Record, bool]:
        """The result, and whether it had to be made."""
        name = _name(key(spec, self.digest))
        if name in self.known:
            return self.known[name], False
        if code() != self.digest:
            raise SystemExit("the program's text changed during the benchmark: start it again")
        record = {"key": key(spec, self.digest), **self._run(spec)}
        self.known[name] = record
        self._append(json.dumps(record, separators=(",", ":")))
        return record, True

    def _append(self, line: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _run(self, spec: Spec) -> Record:
        made = self._made(spec)
        source = _changed(made, spec)
        case = made / f"case-{spec.without}-{spec.order}"
        shutil.rmtree(case, ignore_errors=True)
        ran = investigated(source, case, seed=spec.order)
        truth, about = read_truth(made / TRUTH), json.loads((made / "about.json").read_text("utf-8"))
        result = {
            "seconds": round(ran.seconds, 1),
            "peak_gb": round(ran.peak / 2**30, 2),
            "methods": _methods(case, truth, read_kinds(made / KINDS), compared=spec.compared),
            "messages": _messages(case, made / INTERACTIONS),
            "operators": {each["operator"]: each["hygiene"] for each in about["operators"]},
            "members": _members(case),
            "calibration": _calibration(case, truth, ran.receipt["scoring"]["prior_bits"]),
        }
        if not self.keep:
            shutil.rmtree(case)
            if source != made / "source":
                shutil.rmtree(source)
        return result

    def _made(self, spec: Spec) -> Path:
        """The folder of a simulated population, made unless it is there; without `keep` one at a time."""
        name = f"{spec.profile}-{spec.accounts}-{spec.interactions}-{spec.seed}-{self.digest[:8]}"
        folder, made = self.work / name, self.work / name / "about.json"
        if made.exists():
            return folder
        if not self.keep:
            for other in self.work.glob("*/about.json"):
                shutil.rmtree(other.parent)
        size = {"accounts": spec.accounts, "interactions": spec.interactions}
        simulate(folder, profile=spec.profile, seed=spec.seed, **size)
        return folder


def _name(known: Mapping[str, Any]) -> str:
    return json.dumps(known, sort_keys=True)


def _changed(made: Path, spec: Spec) -> Path:
    """The source as this run gets it: columns withheld, rows in another order."""
    source = made / "source"
    if not (spec.without or spec.order):
        return source
    out = made / f"source-{spec.without}-{spec.order}"
    out.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.parquet")):
        rows = pq.read_table(path)
        if path.stem == "interactions" and spec.without:
            rows = rows.drop_columns(list(WITHHOLD[spec.without]))
        if spec.order:
            rows = rows.take(pa.array(np.random.default_rng(spec.order).permutation(rows.num_rows)))
        pq.write_table(rows, out / path.name, compression="zstd")
    return out


# --- what a run leaves ---------------------------------------------------------------------------


def _rows(case: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(case / f"{name}.parquet").to_pylist()
    return rows


def _places(case: Path, name: str) -> Places:
    return {row["account"]: row["group"] for row in _rows(case, name)}


def _members(case: Path) -> dict[str, list[Any]]:
    """account → number of its reported group and whether it is core."""
    rows = _rows(case, "groups")
    number = {name: i for i, name in enumerate(sorted({row["group"] for row in rows}))}
    return {row["account"]: [number[row["group"]], row["role"] == "core"] for row in rows}


def _messages(case: Path, sent: Path) -> dict[str, Any] | None:
    """How well single interactions were attributed; None where the case attributes none."""
    workload = read_workload(case)
    return None if workload is None else asdict(by_message(workload, read_sent(sent)))


def _methods(case: Path, truth: Mapping[str, str | None], kind: Places, *, compared: bool) -> Record:
    methods: Record = {OURS: scored(_places(case, "groups"), truth, kind)}
    known = rivals.held(case, truth) if compared else None
    for name, method in rivals.RIVALS.items() if known else ():
        if why := rivals.missing(name):
            methods[name] = {"skipped": why}
            continue
        start = time.perf_counter()
        found = method(known, Settings().groups.min_accounts)
        seconds = round(time.perf_counter() - start, 1)
        methods[name] = {**scored(found, truth, kind), "seconds": seconds}
    return methods


def scored(groups: Places, truth: Mapping[str, str | None], kind: Places) -> Record:
    """One grouping against the truth; for each operator his accounts' B³ precision and recall."""
    whole = evaluate(groups, truth)
    sizes = Counter(groups.values())
    found = {each.operator: each.found for each in whole.per_operator}
    members: dict[str, list[str]] = {}
    for account, operator in truth.items():
        if operator:
            members.setdefault(operator, []).append(account)
    of_kind: dict[str, list[int]] = {}
    for account, name in kind.items():
        total = of_kind.setdefault(name, [0, 0])
        total[0] += 1
        total[1] += account in groups
    return {
        "operators": [
            {"operator": name, "accounts": len(who), "found": found[name], **_b_cubed(who, groups, sizes)}
            for name, who in sorted(members.items())
        ],
        "innocents": whole.accounts - whole.operator_accounts,
        "flagged": whole.innocent_accounts_flagged,
        "groups": whole.groups,
        "false_groups": whole.false_groups,
        "kinds": of_kind,
    }


def _b_cubed(who: Sequence[str], groups: Places, sizes: Mapping[str, int]) -> dict[str, float]:
    """Mean B³ precision and recall of one operator's accounts; one in no group is a group of its own."""
    homes = Counter(groups[account] for account in who if account in groups)
    alone = len(who) - sum(homes.values())
    precision = sum(n * n / sizes[home] for home, n in sorted(homes.items())) + alone
    recall = sum(n * n for n in homes.values()) + alone
    return {"precision": precision / len(who), "recall": recall / len(who) ** 2}


def _calibration(case: Path, truth: Mapping[str, str | None], prior: float) -> Record:
    """Sums of the reliability diagrams, by where the links ended, and the reported groups."""
    table = pq.read_table(case / "links.parquet", columns=["left", "right", "log_odds", "verdict"])
    found = calibrate.links(
        table.to_pylist(), truth, **{outcome: _places(case, outcome) for outcome in OUTCOMES}
    )
    base = calibrate.base(truth, prior)
    checks, membership = calibrate.check_groups(_rows(case, "findings"), _rows(case, "groups"), truth)
    return {
        "assumed": base.assumed,
        "planted": base.planted,
        "links": {
            name: _sums(some, base, replicates=REPLICATES if name in RESAMPLED else 0)
            for name, some in _populations(found)
        },
        "groups": [{**asdict(each), "right": each.right} for each in checks],
        "membership": membership.table.tolist(),
    }


def _populations(found: calibrate.Links) -> Iterable[tuple[str, calibrate.Links]]:
    yield ALL, found
    for number, name in enumerate(calibrate.PLACES):
        yield name, found.only(found.place == number)


def _sums(found: calibrate.Links, base: calibrate.Base, *, replicates: int) -> Record:
    ways = {
        "as given": calibrate.as_predicted(found),
        "true prior": calibrate.with_true_prior(found, base),
        "class weighted": calibrate.class_weighted(found),
    }
    again = calibrate.resampled(found, runs=replicates, seed=0)
    return {
        **{name: None if each is None else _plain(each) for name, each in ways.items()},
        "again": [_plain(each) for each in again],
    }


def _plain(sums: calibrate.Sums) -> list[list[float]]:
    plain: list[list[float]] = np.round(sums.table, 6).tolist()
    return plain
