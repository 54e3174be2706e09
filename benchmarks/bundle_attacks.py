"""What gets past the verifier: forgeries by whoever holds the keys, attacks without keys, and, the other way
round, honest bundles of hostile logs that fail.

Forgeries and attacks are those of `tests/bundle`; each is tried as it is there, and counted.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

EVERY = 50
"""Cases after which the state is printed."""

Accepted = Callable[[Path], tuple[bool, bool]]
"""Whether V0 to V3 accept a bundle, and whether V0 to V4 do."""


def table(cases: range, *, forged: bool = True) -> None:
    """All three, printed one after another; of the hostile cases those with these numbers. Without `forged`
    these alone, so that a thousand that were stopped can go on."""
    logging.disable(logging.CRITICAL)  # bagit writes out what it finds in each
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    try:
        if forged:
            key_holder(folder)
            keyless(folder)
        honest(folder, cases)
    finally:
        shutil.rmtree(folder)


# --- with the keys ---------------------------------------------------------------------------------------


def key_holder(folder: Path) -> None:
    """How many forgeries are accepted by the bundle alone, and where the run is made again."""
    print(f"{'forged with the keys':<44} {'tried':>6} {'accepted, V0-V3':>16} {'accepted, V0-V4':>16}")
    whole = [0] * 3
    for kind, made in _forgeries(folder):
        counts = [0] * 3
        for number, make in enumerate(made):
            place = folder / f"{kind} {number}".replace("/", "-")
            place.mkdir()
            found = make(place)
            counts = [one + other for one, other in zip(counts, (1, *found), strict=True)]
            shutil.rmtree(place)
        whole = [one + other for one, other in zip(whole, counts, strict=True)]
        print(f"{kind:<44} {counts[0]:>6} {counts[1]:>16} {counts[2]:>16}", flush=True)
    print(f"{'all':<44} {whole[0]:>6} {whole[1]:>16} {whole[2]:>16}")


Forgery = Callable[[Path], tuple[bool, bool]]


def _forgeries(folder: Path) -> Iterator[tuple[str, list[Forgery]]]:
    """Of each kind: what makes a forgery in a folder, and says which rungs accept it."""
    from tests.bundle import (
        test_agreement,
        test_attestation,
        test_custody,
        test_derived,
        test_key_holder,
        test_likelihood,
        test_numbers,
        test_seal_attacks,
        test_seal_page,
        test_sentences,
        test_validation,
    )
    from tests.bundle.forger import forge
    from tests.bundle.made import forged, world
    from tests.bundle.whole import confirmed, whole

    for name in ("whole", "confirmed", "made", "validated"):
        (folder / name).mkdir()
    by_data, by_hand = whole(folder / "whole"), confirmed(folder / "confirmed")
    for kind, given, lies in (
        ("lies that the bundle contradicts", by_data, test_key_holder.CONTRADICTED),
        ("lies about a person's decision", by_hand, test_key_holder.BY_HAND),
        ("lies sealed from the start", by_data, test_key_holder.CONSISTENT),
        ("changes of no fact", by_data, test_key_holder.HARMLESS),
    ):
        yield kind, [partial(_told, given, lie) for lie in lies.values()]
    for kind, said in (
        ("numbers said otherwise elsewhere", test_numbers.LIES),
        ("sentences of other numbers", test_sentences.LIES),
    ):
        yield (
            kind,
            [
                partial(_told, by_data, test_key_holder.Told(lie, "V2", words, settled=True))
                for lie, words in said.values()
            ],
        )
    own = world(folder / "made")
    court = folder / "made" / "court.zip"
    own.create(court)

    def single(attack: Any, place: Path, *, bundle: Path = court, made: Any = own) -> tuple[bool, bool]:
        accepted = made.verify(forged(bundle, place / "a.zip", attack, made.key)).report.good
        return accepted, accepted

    sealed = [
        lambda files, attack=attack: attack(files, own) for attack, *_ in test_seal_attacks.ATTACKS.values()
    ]
    yield "seal, units, claims, STIX", [partial(single, attack) for attack in sealed]
    pages = [test_seal_page.page_says(change, own) for change, _ in test_seal_page.PAGES.values()]
    yield "the form of the seal's page", [partial(single, attack) for attack in pages]

    def told_twice(lie: Any, place: Path) -> tuple[bool, bool]:
        accepted = own.verify(forge(court, own.key, place / "a.zip", lie)).report.good
        return accepted, accepted

    disagreeing = [lie for lie, _ in test_agreement.LIES.values()]
    yield "what is said twice, units of no kind", [partial(told_twice, lie) for lie in disagreeing]
    yield "custody, parties", [partial(single, attack) for attack, _ in test_custody.TOLD.values()]
    said = [test_derived.view_says(change) for change, _ in test_derived.STATEMENTS.values()]
    yield "statements of the view", [partial(single, attack) for attack in said]
    texts = [test_derived.one_more_line(f"data/{name}") for name in test_derived.RENDERED]
    texts += [lambda files, name=name: files.update({name: b"more"}) for name in test_derived.FURTHER]
    yield "texts, files more", [partial(single, attack) for attack in texts]
    for kind, stated in (
        ("the attestation", test_attestation.ATTACKS),
        ("the attestation, no fact changed", test_attestation.HARMLESS),
    ):
        yield kind, [partial(single, _keyed(attack, own.key)) for attack, _ in stated.values()]
    validated = world(folder / "validated")
    rates = test_validation.read_validation(
        test_validation.written(folder / "validated", reported_bits=test_likelihood.REPORTED)
    )
    validated.create(folder / "validated" / "a.zip", validation=rates)
    numbers = [lambda files, attack=attack: attack(files, validated) for attack, _ in test_likelihood.BEYOND]
    beyond = partial(single, bundle=folder / "validated" / "a.zip", made=validated)
    yield "numbers and words beyond the data", [partial(beyond, attack) for attack in numbers]


def _keyed(attack: Any, key: Any) -> Callable[[Any], None]:
    return lambda files: attack(files, key) and None


def _told(given: Any, told: Any, place: Path) -> tuple[bool, bool]:
    """A lie that is followed by everything that can be made to fit."""
    from tests.bundle import test_key_holder
    from tests.bundle.forger import forge

    after = (lambda forger: told.after(forger, forger.view["groups"][0])) if told.after else None
    path = forge(
        test_key_holder._bundle(given, told),
        given.key,
        place / "a.zip",
        lambda forger: told.told(forger, forger.view["groups"][0]),
        after,
    )
    found = given.climb(path).report
    below = not any(found.failed(rung) for rung in ("V0", "V1", "V2", "V3"))
    return below, below and not found.failed("V4") and "V4" in found.looked


# --- without keys ----------------------------------------------------------------------------------------


def keyless(folder: Path) -> None:
    """How many attacks each checker refuses; the others see what unzip gives them."""
    from tests.bundle import test_bag_attacks as bags
    from tests.bundle.made import world

    (folder / "keyless").mkdir()
    own = world(folder / "keyless")
    court = folder / "keyless" / "court.zip"
    own.create(court)
    print(
        f"{'attacks on':<16} {'tried':>6} {'linkage':>8} {'in its words':>13} {'bagit':>6} {'sha256sum':>10}"
    )
    whole = [0] * 5
    for kind, made in _attacked(court, own, folder).items():
        counts = [0] * 5
        for number, (make, words, check) in enumerate(made):
            place = folder / f"{kind}-{number}"
            place.mkdir()
            path = make(place)
            faults = check(path).report.faults
            bag = path if path.is_dir() else _unzipped(path, place / "bag")
            piped = bag is not None and (bag / "data" / "pipe.txt").exists()
            counts[0] += 1
            counts[1] += bool(faults)
            counts[2] += any(words in fault.what for fault in faults)
            counts[3] += bag is None or piped or not bags.bagit_accepts(bag)
            counts[4] += bag is None or not bags.sha256sum_accepts(bag)
        whole = [one + other for one, other in zip(whole, counts, strict=True)]
        _counted(kind, counts)
    _counted("all", whole)


def _counted(kind: str, counts: list[int]) -> None:
    print(f"{kind:<16} {counts[0]:>6} {counts[1]:>8} {counts[2]:>13} {counts[3]:>6} {counts[4]:>10}")


def _attacked(court: Path, own: Any, folder: Path) -> dict[str, list[tuple[Any, str, Any]]]:
    """Of each kind: what makes the broken bundle in a folder, the words it is refused with, who checks."""
    from linkage.bundle import timestamp
    from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
    from linkage.bundle.signing import new_key
    from tests.bundle import test_bag_attacks, test_container, zips
    from tests.bundle import test_signature_attacks as signatures
    from tests.bundle import test_timestamp as times
    from tests.bundle.authority import authority
    from tests.bundle.made import packed, unpacked

    files, other = unpacked(court), new_key(folder / "other", "other@provider.example")
    tsa, stranger = authority(folder / "tsa"), authority(folder / "stranger")
    trusted = timestamp.checker(timestamp.roots(tsa.roots))

    def bag(attack: Any, place: Path) -> Path:
        found = test_bag_attacks.unpack(court, place / "bag")
        attack(found)
        return found

    def stamped(make: Any, place: Path) -> Path:
        (place / SIGNATURE).write_bytes(files[SIGNATURE])
        token = make(tsa, stranger, place / SIGNATURE, place)
        return packed(place / "a.zip", {**files, STAMPS[0]: token})

    def signed(attack: Any, place: Path) -> Path:
        return packed(place / "a.zip", {**files, SIGNATURE: attack(files, own.key, other)})

    def archive(attack: Any, place: Path) -> Path:
        return attack(zips.entries(court), place / "a.zip")

    given = {
        "unpacked bag": [(bag, attack, words) for attack, words in test_bag_attacks.ATTACKS.values()],
        "archive": [(archive, attack, words) for attack, words in test_container.ATTACKS.values()],
        "signature": [(signed, attack, words) for attack, words in signatures.ATTACKS.values()],
        "time stamp": [(stamped, make, words) for make, words in times.TOKENS.values()],
    }
    return {
        kind: [
            (partial(make, attack), words, partial(own.verify, stamps=trusted))
            for make, attack, words in rows
        ]
        for kind, rows in given.items()
    }


def _unzipped(path: Path, folder: Path) -> Path | None:
    """What unzip makes of an archive; None where it makes nothing of it, or complains."""
    command = ["unzip", "-q", "-o", str(path), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return folder if done.returncode == 0 and (folder / "bagit.txt").exists() else None


# --- honest ones -----------------------------------------------------------------------------------------


def honest(folder: Path, cases: range) -> None:
    """How many honest bundles of cases with hostile texts in every field fail, made or checked: by the
    verifier that `bundle create` asks, by the same with the report drawn again, and by the one file."""
    from tests.bundle.hostile_cases import ALL, one_file, verdict_on

    alone, counts, times, used = one_file(), Counter[str](), list[float](), time.process_time()
    for tried, seed in enumerate(cases, 1):
        place = folder / f"hostile-{seed}"
        place.mkdir()
        began = time.perf_counter()
        found = verdict_on(place, seed, alone)
        times.append(time.perf_counter() - began)
        shutil.rmtree(place)
        counts[found.outcome] += 1
        if found.outcome != ALL:
            print(f"case {seed}: {found.outcome}: {found.why}"[:400], file=sys.stderr, flush=True)
        if tried % EVERY == 0:
            print(f"up to number {seed}: {counts[ALL]:,} of {tried:,} {ALL}", file=sys.stderr, flush=True)
    print(f"honest bundles of hostile cases {ALL}: {counts[ALL]:,} of {len(cases):,}")
    for outcome in sorted(counts.keys() - {ALL}):
        print(f"  {outcome}: {counts[outcome]:,}")
    each = (time.process_time() - used) / max(len(cases), 1)
    print(f"median seconds of one {median(times or [0.0]):.2f}, {sum(times):,.0f} s in all; ", end="")
    print(f"{each:.2f} s of a processor for each")
