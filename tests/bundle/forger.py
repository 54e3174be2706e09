"""A forger who holds every key: he changes what a bundle says, makes everything fit again, and signs it.

Whatever follows from units (claims, points against, parameters, receipt, texts, report, counts, seal,
custody, manifests, signatures) is made anew from what he says, so that a forgery is wrong by its facts alone.
Whoever tries a lie in one file alone changes `files` after `derive`.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkage.bundle import bag, unresolved_groups, view_report
from linkage.bundle.attestation import attestation
from linkage.bundle.checks.anonymity import about_one, anonymity_row
from linkage.bundle.checks.attestation import ATTESTATION
from linkage.bundle.checks.claim_forms import alternatives_of, rests_on
from linkage.bundle.checks.claim_methods import METHODS, interval_of
from linkage.bundle.checks.disclosures import PATH_AT, Opened, _sort, unit_class
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.rendering import rendered
from linkage.bundle.checks.sshsig import SEAL_ROLE, VIEW_ROLE, read_signature
from linkage.bundle.signing import Key
from linkage.bundle.units import json_line
from tests.bundle.made import packed, unpacked

OPENED, LISTED, VIEW = "data/disclosures.jsonl", "data/seal/commitments.txt", "data/VIEW.json"
CLAIMS, COUNTER, CUSTODY = "data/claims.jsonl", "data/counter-evidence.jsonl", "data/custody/custody.jsonl"
SEAL = "data/seal/SEAL.txt"


@dataclass
class Forger:
    """A bundle taken apart: `units` are the opened ones (salt, value by path), `listed` the commitments."""

    key: Key
    files: dict[str, bytes]
    units: dict[str, tuple[str, Any]]
    listed: set[str]
    view: dict[str, Any]
    seal: dict[str, str] = field(default_factory=dict)
    """Fields of the seal that are to say something else."""

    @classmethod
    def of(cls, bundle: Path, key: Key) -> "Forger":
        """The bundle as it stands."""
        files = unpacked(bundle)
        rows = [json.loads(line) for line in files[OPENED].splitlines()]
        return cls(
            key,
            files,
            {path: (salt, value) for salt, path, value in rows},
            set(files[LISTED].decode("ascii").split()),
            json.loads(files[VIEW]),
        )

    # --- units ---------------------------------------------------------------------------------------

    def __getitem__(self, path: str) -> Any:
        return self.units[path][1]

    def __setitem__(self, path: str, value: Any) -> None:
        """Seal another value, or a unit that never was, and open it."""
        salt = self.units[path][0] if path in self.units else hashlib.sha256(path.encode()).hexdigest()[:32]
        if path in self.units:
            self.listed.discard(self._digest(path))
        self.units[path] = (salt, value)
        self.listed.add(self._digest(path))

    def paths(self, prefix: str = "", suffix: str = "") -> list[str]:
        """Opened paths, in order."""
        return [each for each in sorted(self.units) if each.startswith(prefix) and each.endswith(suffix)]

    def change(self, path: str, new: Callable[[Any], Any]) -> None:
        """Seal another value, made from the one that was sealed; what comes out unchanged is no lie."""
        before = json.dumps(self[path])
        self[path] = new(self[path])
        assert json.dumps(self[path]) != before, path

    def remove(self, path: str) -> Any:
        """A unit that was never sealed; returns what it said."""
        self.listed.discard(self._digest(path))
        return self.units.pop(path)[1]

    def hide(self, path: str) -> Any:
        """A unit that stays sealed and is not opened, of which the view says nothing."""
        return self.units.pop(path)[1]

    def withhold(self, path: str, reason: str = "policy", kind: str = "") -> Any:
        """A unit that stays sealed and that the view says it withholds."""
        name = kind or unit_class(path)
        before = self.view["withheld"].get(name, {"units": 0, "reason": reason})
        self.view["withheld"][name] = {**before, "units": before["units"] + 1}
        return self.units.pop(path)[1]

    def _digest(self, path: str) -> str:
        return hashlib.sha256(self._line(path)).hexdigest()

    def _line(self, path: str) -> bytes:
        salt, value = self.units[path]
        return json_line([salt, path, value])[:-1]

    def lines(self) -> list[bytes]:
        """The opened units as lines, in order."""
        return [self._line(path) for path in sorted(self.units)]

    # --- claims --------------------------------------------------------------------------------------

    def claim(self, method: str, of: str = "", group: str = "") -> str:
        """The path of the claim that a method makes."""
        return next(
            path
            for path in self.paths("claim/")
            if self[path]["method"] == method
            and self[path]["of"] == of
            and (not group or self[path]["group"] == group)
        )

    def restate(self, path: str, **fields: Any) -> None:
        """A claim that says something else."""
        self[path] = {**self[path], **fields}

    def settle(self, group: str) -> None:
        """Counts and claims of a group, computed from its units as they are now."""
        opened = self.opened()
        links, known = self[f"group/{group}/links"], opened.sealed(group)
        numbers = {
            "against": len(opened.points(group)),
            "claim": sum(self[path]["group"] == group for path in self.paths("claim/")),
            "link": len(opened.strengths.get(group, ())),
            "member": len(opened.members.get(group, ())),
        }
        self[f"group/{group}/units"] = numbers
        self[f"group/{group}/accounts"] = numbers["member"]
        self[f"group/{group}/links"] = [links[0] + numbers["link"] - known["link"], numbers["link"]]
        self[f"against/{group}/count"] = numbers["against"]
        opened = self.opened()
        for path in self.paths("claim/"):
            claim = self[path]
            if claim["group"] == group:
                claim = {**claim, "value": METHODS[claim["method"]](claim, opened)}
                tested, near = alternatives_of(claim, opened) or [], interval_of(claim, opened) or None
                self[path] = {
                    **claim, "units": rests_on(claim, numbers), "alternatives": tested, "interval": near,
                }  # fmt: skip

    def opened(self) -> Opened:
        """The units as the verifier sorts them."""
        found = Opened(view=self.view)
        for path, (_, value) in sorted(self.units.items()):
            _sort(found, path, path.split("/"), value)
        return found

    # --- files ---------------------------------------------------------------------------------------

    def derive(self) -> "Forger":
        """Every file that follows from units and view, made anew."""
        self.files[OPENED] = b"".join(each + b"\n" for each in self.lines())
        self.files[LISTED] = "".join(f"{each}\n" for each in sorted(self.listed)).encode("ascii")
        self._seal()
        values = {path: value for path, (_, value) in sorted(self.units.items())}
        opened: dict[str, int] = {}
        for path in values:
            opened[unit_class(path)] = opened.get(unit_class(path), 0) + 1
        self.view |= {"opened": opened, "seal": hashlib.sha256(self.files[SEAL]).hexdigest()}
        self.view["unresolved"] = unresolved_groups.in_view(values, self.view["groups"])
        self.view["decided"] = unresolved_groups.decided_in_view(values, self.view["groups"])
        self._risk()
        self._texts(values)
        self.files[ATTESTATION] = attestation(self.view["seal"], values, self.key)
        self._custody()
        return self

    def _seal(self) -> None:
        told = {
            "commitments": str(len(self.listed)),
            "commitments-sha256": hashlib.sha256(self.files[LISTED]).hexdigest(),
            **self.seal,
        }
        page = self.files[SEAL].decode("ascii").splitlines()
        lines = [f"{n}: {told[n]}" if (n := line.partition(": ")[0]) in told else line for line in page]
        self.files[SEAL] = "\n".join([*lines, ""]).encode("ascii")
        self.files[f"{SEAL}.sig"] = self.key.sign(self.files[SEAL], SEAL_ROLE)

    def _texts(self, values: Mapping[str, Any]) -> None:
        page = dict(line.partition(": ")[::2] for line in self.files[SEAL].decode().splitlines())
        keys = [read_signature(self.files[name]).public for name in (SIGNATURE, f"{SEAL}.sig")]
        drawn = view_report.of_view(self.view, self.lines())
        self.files |= {f"data/{name}": content for name, content in drawn.items()}
        self.files |= rendered(self.view, page, dict(values), (keys[0], keys[1]))

    def _risk(self) -> None:
        """The re-identification result that the units give."""
        found, policy = self.opened(), self.view["policy"]
        for path, (_, value) in self.units.items():
            if about_one(unit_class(path)):
                found.profiles.add(path, value, self._line(path)[PATH_AT + 1 :])
        sizes = {group: _size(self.units, group) for group in self.view["groups"]}
        if None not in sizes.values():
            known = {group: size for group, size in sizes.items() if size is not None}
            row = anonymity_row(found.profiles, known, min_k=policy["min_k"], names=policy["names"])
            self.view["reidentification"] = row

    def rewrite_custody(self, rows: list[dict[str, Any]], *, sealed: int) -> None:
        """Another history, of which the first acts were sealed."""
        before, lines = "0" * 64, list[bytes]()
        for number, row in enumerate(rows, 1):
            lines.append(json_line({**row, "seq": number, "prev": before}))
            before = hashlib.sha256(lines[-1][:-1]).hexdigest()
            if number == sealed:
                self.seal |= {"custody-entries": str(sealed), "custody-head": before}
        self.files[CUSTODY] = b"".join(lines)

    def say_in_export(self, *, override: str) -> None:
        """Another reason, in the view and in custody; none where it is empty."""
        self.view["override"] = override
        *rows, last = [json.loads(line) for line in self.files[CUSTODY].splitlines()]
        last.pop("override", None)
        last |= {"override": override} if override else {}
        self.files[CUSTODY] = b"".join(json_line(row) for row in (*rows, last))

    def _custody(self) -> None:
        """The lines after the sealed ones name the new seal, and each names the one before."""
        rows = [json.loads(line) for line in self.files[CUSTODY].splitlines()]
        digest, lines, before = self.view["seal"], list[bytes](), "0" * 64
        for row in rows:
            more = {"seal": {"out": digest}, "export": {"in": [digest]}}.get(row["act"], {})
            lines.append(json_line({**row, **more, "prev": before}))
            before = hashlib.sha256(lines[-1][:-1]).hexdigest()
        self.files[CUSTODY] = b"".join(lines)

    def write(self, out: Path) -> Path:
        """The files as a bundle: manifests made anew, signed."""
        payload = {name: content for name, content in self.files.items() if name.startswith("data/")}
        lines = self.files["bag-info.txt"].decode().splitlines()
        info = dict(line.split(": ", 1) for line in lines if not line.startswith("Payload-Oxum"))
        tags = bag._tags(payload, info)
        return packed(out, {**payload, **tags, SIGNATURE: self.key.sign(tags[SIGNED], VIEW_ROLE)})


def _size(units: Mapping[str, tuple[str, Any]], group: str) -> int | None:
    """How many accounts a group is said to have."""
    said = units.get(f"group/{group}/accounts")
    return int(said[1]) if said else None


Lie = Callable[[Forger], None]


def forge(bundle: Path, key: Key, out: Path, lie: Lie, after: Lie | None = None) -> Path:
    """A bundle in which `lie` changes units and `after` files, with everything else made to fit."""
    forger = Forger.of(bundle, key)
    lie(forger)
    forger.derive()
    if after is not None:
        after(forger)
    return forger.write(out)


def each_of(forger: Forger, prefix: str, suffix: str = "") -> Iterator[tuple[str, Any]]:
    """Opened units with their values."""
    return ((path, forger[path]) for path in forger.paths(prefix, suffix))
