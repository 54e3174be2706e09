"""How long a bundle takes to make and to check, and what gets past whom.

    .venv/bin/python benchmarks/bundle.py --accounts 500
    .venv/bin/python benchmarks/bundle.py --accounts 25000
    .venv/bin/python benchmarks/bundle.py --attacks --cases 1000
    .venv/bin/python benchmarks/bundle.py --honest --first 400 --cases 600

The group is made up: each account has twelve traits and is linked to twenty others, each link with ten
reasons, as groups of the simulator have them. Each step runs in a process of its own.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bundle_attacks
import pyarrow as pa

from linkage.case import CaseWriter, audit
from linkage.schema import CASE, content_id

GROUP = "op-0000000000"
TRAITS = (
    "ip",
    "prefix",
    "asn",
    "user_agent",
    "ja4",
    "device",
    "fingerprint",
    "bin",
    "email_domain",
    "country",
    "template",
    "segment",
)
FAMILY = {
    "ip": "network",
    "prefix": "network",
    "asn": "network",
    "user_agent": "device",
    "ja4": "device",
    "device": "device",
    "fingerprint": "payment",
    "bin": "payment",
    "email_domain": "registration",
    "country": "registration",
    "template": "content",
    "segment": "content",
}
NEAR, VALUES, REASONS, PRIOR = 20, 3, 10, -10.0
START, DAY = 1_772_323_200_000_000, 86_400_000_000
ROOT = Path(__file__).resolve().parents[1]


def made(folder: Path, accounts: int) -> Path:
    """A case with one group of so many accounts."""
    names = [content_id(["account", number])[:16] for number in range(accounts)]
    with CaseWriter(folder) as case:
        case.table("groups", _table("groups", [(GROUP, name, 1.0, "core") for name in sorted(names)]))
        case.table("findings", _table("findings", [_finding(accounts)]))
        observed, rows = _observed(names)
        case.table("observations", observed)
        case.table("rows", rows)
        links, evidence = _linked(names)
        case.table("links", links)
        case.table("evidence", evidence)
        case.receipt(_receipt(accounts))
    audit(folder, "investigate", {}, who="benchmark")
    return folder


def _table(name: str, rows: list[tuple]) -> pa.Table:
    schema = CASE[name].schema
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in schema]
    return pa.Table.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema
    )


def _finding(accounts: int) -> tuple:
    times = (START, START + 40 * DAY)
    return (
        GROUP,
        accounts,
        28 * accounts,
        10**6,
        10**7,
        *times,
        40.0,
        0.01,
        1.0,
        ["content", "payment"],
        0.5,
        [],
        "unknown",
        f"{accounts:,} accounts and {28 * accounts:,} interactions, linked by content, payment",
    )


def _observed(names: list[str]) -> tuple[pa.Table, pa.Table]:
    rows, places = [], []
    for number, name in enumerate(names):
        for trait in TRAITS:
            for place in range(VALUES):
                value = f"{trait} {(number + place) // 4}"
                row = content_id([name, trait, place])
                rows.append(
                    (
                        _observation(name, trait, place),
                        name,
                        trait,
                        f"{value} {place}" if place else _shared(trait),
                        FAMILY[trait],
                        START,
                        START + DAY,
                        3,
                        f"sessions:{row}",
                    )
                )
                places.append((row, "sessions", "sessions.csv", len(places) + 2))
    return _table("observations", rows), _table("rows", places)


def _observation(name: str, trait: str, place: int = 0) -> str:
    """The id of what was seen of an account."""
    return content_id(["observation", name, trait, place])


def _shared(trait: str) -> str:
    """The value that all accounts hold, on which links rest."""
    return f"{trait} of all"


def _linked(names: list[str]) -> tuple[pa.Table, pa.Table]:
    links, evidence = [], []
    for number, name in enumerate(names):
        for step in range(1, NEAR // 2 + 1):
            left, right = sorted((name, names[(number + step) % len(names)]))
            bits = [round(6.0 - place / 3 + step / 100, 6) for place in range(REASONS)]
            for place, each in enumerate(bits):
                trait = TRAITS[place]
                evidence.append(
                    (
                        left,
                        right,
                        f"shared {trait}",
                        FAMILY[trait],
                        _shared(trait),
                        each,
                        f"held by {len(names)} of 1000000 accounts",
                        _observation(left, trait),
                        _observation(right, trait),
                    )
                )
            links.append((left, right, round(PRIOR + sum(bits), 6), ["network", "payment"], None))
    return _table("links", links), _table("evidence", evidence)


def _receipt(accounts: int) -> dict:
    days = [{"day": f"2026-03-{day:02d}", "count": accounts} for day in range(1, 29)]
    detail = {
        "against": ["their registrations are spread over time like everybody's"],
        "gates": [{"name": "size", "passed": True, "detail": f"{accounts:,} accounts"}],
        "by_day": days,
        "hours": [accounts] * 20 + [2 * accounts] * 4,
    }
    return {
        "schema_version": 1,
        "inputs": [],
        "seed": 0,
        "settings": {"links": {"link_bits": 0.0}},
        "versions": {"linkage": "0.1.0"},
        "signals": {
            f"shared {trait}": {"family": FAMILY[trait], "meaning": f"Both accounts have one {trait}."}
            for trait in TRAITS
        },
        "scoring": {"prior_bits": PRIOR},
        "population": {"accounts": 1_000_000},
        "groups": {GROUP: detail},
    }


SCRIPT = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, code, used.ru_utime + used.ru_stime)
"""


def measured(*command: str) -> tuple[float, float, float, int]:
    """Seconds, seconds of a processor, peak memory in MB and exit code of a command."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *command], capture_output=True, text=True, check=True
    )
    memory, code, used = done.stdout.split()
    return time.perf_counter() - began, float(used), int(memory) / 1024, int(code)


def bundle(accounts: int) -> None:
    """Times of create and of both verifiers."""
    folder = Path(tempfile.mkdtemp(prefix="bundle-"))
    try:
        began = time.perf_counter()
        case = made(folder / "case", accounts)
        print(f"case of {accounts:,} accounts made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        linkage = str(Path(sys.executable).parent / "linkage")
        subprocess.run(
            [linkage, "keys", "new", folder / "key", "--name", "b@example.org"],
            check=True,
            capture_output=True,
        )
        key = (folder / "key.pub").read_text().split()
        (folder / "signers").write_text(f"b@example.org {key[0]} {key[1]}\n")
        out, signers = str(folder / "a.zip"), str(folder / "signers")
        basic = ("--view", "court", "--key", str(folder / "key"), "--recipient", "court", "--out", out)
        check = ("--signers", signers, "--recompute")
        _line("create", measured(linkage, "bundle", "create", str(case), GROUP, *basic))
        _line("verify", measured(linkage, "bundle", "verify", out, *check))
        told = str(folder / "shared.json")
        _line("share", measured(linkage, "share", str(case), GROUP, "--out", told))
        _line("verify_bundle.py", measured(sys.executable, "-I", str(ROOT / "verify_bundle.py"), out, *check))
        done = subprocess.run(
            [linkage, "bundle", "verify", out, *check, "--output", "json"], capture_output=True, check=True
        )
        remark = next(row["remark"] for row in json.loads(done.stdout)["ladder"] if row["rung"] == "V2")
        print(f"{remark}; {Path(out).stat().st_size / 1e6:,.0f} MB")
        _reports(linkage, case, folder)
    finally:
        shutil.rmtree(folder)


def _reports(linkage: str, case: Path, folder: Path) -> None:
    """Times and sizes of the report in its three forms; one picture draws 500 accounts at most."""
    for form in ("html", "pdf", "xlsx"):
        file = folder / f"report.{form}"
        _line(f"report, {form}", measured(linkage, "report", str(case), GROUP, "--out", str(file)))
        print(f"  {file.stat().st_size / 1e6:.2f} MB")


def _line(name: str, found: tuple[float, float, float, int]) -> None:
    seconds, used, memory, code = found
    print(f"{name:<18} {seconds:8.1f} s ({used:.1f} s of a processor) {memory:8,.0f} MB   exit {code}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--attacks", action="store_true")
    parser.add_argument("--honest", action="store_true", help="the hostile cases of --attacks alone")
    parser.add_argument("--cases", type=int, default=1_000, help="hostile cases drawn")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them")
    given = parser.parse_args()
    if given.attacks or given.honest:
        cases = range(given.first, given.first + given.cases)
        bundle_attacks.table(cases, forged=not given.honest)
    else:
        bundle(given.accounts)
    print(
        f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
