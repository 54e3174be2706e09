"""Attacks on an unpacked bag and its manifests; beside them what bagit-python and sha256sum say of each."""

import hashlib
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle.made import World, forged, standalone, unpacked

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bagit

Attack = Callable[[Path], object]


def unpack(court: Path, folder: Path) -> Path:
    for name, content in unpacked(court).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def edit(name: str, change: Callable[[bytes], bytes]) -> Attack:
    return lambda bag: (bag / name).write_bytes(change((bag / name).read_bytes()))


def put(name: str, content: bytes = b"x") -> Attack:
    def attack(bag: Path) -> None:
        (bag / name).parent.mkdir(parents=True, exist_ok=True)
        (bag / name).write_bytes(content)

    return attack


def remove(*names: str) -> Attack:
    def attack(bag: Path) -> None:
        for name in names:
            (bag / name).unlink()

    return attack


def both(*attacks: Attack) -> Attack:
    def attack(bag: Path) -> None:
        for each in attacks:
            each(bag)

    return attack


def relist(bag: Path) -> None:
    """Manifests that fit whatever is there now."""
    for algorithm in ("sha256", "sha512"):
        rows = [
            f"{hashlib.new(algorithm, path.read_bytes()).hexdigest()}  {path.relative_to(bag)}\n"
            for path in sorted(bag.glob("data/**/*"))
            if path.is_file()
        ]
        (bag / f"manifest-{algorithm}.txt").write_text("".join(rows))


def link_folder(bag: Path) -> None:
    shutil.move(bag / "data" / "seal", bag.parent / "outside")
    (bag / "data" / "seal").symlink_to(bag.parent / "outside")


def replace_by_link(bag: Path) -> None:
    shutil.copy(bag / "data" / "claims.jsonl", bag.parent / "outside.jsonl")
    (bag / "data" / "claims.jsonl").unlink()
    (bag / "data" / "claims.jsonl").symlink_to(bag.parent / "outside.jsonl")


def md5_only(bag: Path) -> None:
    for path in bag.glob("*manifest-*"):
        path.unlink()
    rows = [
        f"{hashlib.md5(p.read_bytes()).hexdigest()}  {p.relative_to(bag)}\n"
        for p in sorted(bag.glob("data/**/*"))
        if p.is_file()
    ]
    (bag / "manifest-md5.txt").write_text("".join(rows))


SUMS = "manifest-sha256.txt"
FLIP = edit("data/claims.jsonl", lambda content: content.replace(b"V3", b"V2", 1))

ATTACKS: dict[str, tuple[Attack, str]] = {
    "byte flipped": (FLIP, "bytes changed (sha256)"),
    "payload file added": (put("data/extra.txt"), "a file that a manifest does not list"),
    "tag file added": (put("notes.txt"), "outside the payload that does not belong there"),
    "tag folder added": (put("metadata/notes.txt"), "outside the payload that does not belong there"),
    "tagmanifests deleted": (remove("tagmanifest-sha256.txt", "tagmanifest-sha512.txt"), "a file is missing"),
    "everything rewritten": (
        both(
            FLIP,
            relist,
            remove("tagmanifest-sha256.txt", "tagmanifest-sha512.txt", "tagmanifest-sha256.txt.sig"),
        ),
        "the signature is missing",
    ),
    "linked folder": (link_folder, "a link"),
    "unlisted link": (lambda bag: (bag / "data" / "extra.txt").symlink_to("/etc/passwd"), "a link"),
    "file replaced by link": (replace_by_link, "a link"),
    "manifest climbs out": (
        edit(
            SUMS,
            lambda text: text + hashlib.sha256(b"").hexdigest().encode() + b"  data/../../etc/hostname.txt\n",
        ),
        "a name that leads out of the bundle, in a manifest",
    ),
    "in one manifest only": (
        edit("manifest-sha512.txt", lambda text: b"".join(text.splitlines(True)[1:])),
        "a file that a manifest does not list",
    ),
    "a third time stamp": (
        put("tagmanifest-sha256.txt.sig.3.tsr"),
        "a file outside the payload that does not belong there",
    ),
    "weak algorithm only": (both(FLIP, md5_only), "a manifest of a weak algorithm"),
    "accent renamed": (lambda bag: (bag / "data" / "e\u0301.txt").write_bytes(b"x"), "not plain ASCII"),
    "accent twin": (both(put("data/é.txt"), put("data/e\u0301.txt")), "not plain ASCII"),
    "line end in a name": (put("data/a\nb.txt"), "a control character"),
    "escaped line end": (
        edit(SUMS, lambda t: t.replace(b"data/claims", b"data/%0Aclaims")),
        "an escaped character in a name, in a manifest",
    ),
    "fetch list": (put("fetch.txt", b"http://example.com/x 1 data/x.txt\n"), "a list of files to fetch"),
    "line twice": (edit(SUMS, lambda text: text + text.splitlines(True)[0]), "a name listed twice"),
    "upper case": (edit(SUMS, lambda text: text[:64].upper() + text[64:]), "upper-case digits"),
    "byte-order mark": (edit(SUMS, lambda text: b"\xef\xbb\xbf" + text), "a byte-order mark"),
    "line ends": (edit(SUMS, lambda text: text.replace(b"\n", b"\r\n")), "line ends of another system"),
    "no last line end": (edit(SUMS, lambda text: text[:-1]), "no line end after the last line"),
    "one blank": (edit(SUMS, lambda text: text.replace(b"  ", b" *")), "a line that is no manifest line"),
    "empty folder": (lambda bag: (bag / "data" / "empty").mkdir(), "an empty folder"),
    "pipe": (lambda bag: os.mkfifo(bag / "data" / "pipe.txt"), "a device, pipe or socket"),
    "set-uid file": (lambda bag: (bag / "data" / "claims.jsonl").chmod(0o4644), "a set-uid or set-gid mode"),
    "file deleted": (remove("data/claims.jsonl"), "a listed file is missing"),
    "other version": (
        edit("bagit.txt", lambda text: text.replace(b"1.0", b"0.97")),
        "the bag declares another version",
    ),
    "wrong oxum": (
        edit("bag-info.txt", lambda text: text.replace(b"Oxum: ", b"Oxum: 9")),
        "not as many as declared",
    ),
    "case twins": (put("data/Claims.jsonl"), "differ by case alone"),
}

OUTSIDERS = {"bagit": 0, "sha256sum": 0}


def bagit_accepts(bag: Path) -> bool:
    try:
        bagit.Bag(str(bag)).validate()
    except (bagit.BagError, OSError, ValueError):
        return False
    return True


def sha256sum_accepts(bag: Path) -> bool:
    check = "sha256sum -c --strict --quiet"
    command = f"{check} manifest-sha256.txt && {check} tagmanifest-sha256.txt"
    return subprocess.run(command, shell=True, cwd=bag, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, words = ATTACKS[name]
    bag = unpack(court, tmp_path / "bag")
    attack(bag)
    found = sealed.verify(bag).report
    assert not found.good
    assert any(words in fault.what for fault in found.faults), found.faults
    alone = standalone(bag, signers)
    assert alone.returncode == 5 and words in alone.stdout, alone.stderr


def test_outside_tools_accept_the_good_one(court: Path, sealed: World, tmp_path: Path) -> None:
    bag = unpack(court, tmp_path / "bag")
    assert bagit.Bag(str(bag)).version_info == (1, 0)
    assert bagit_accepts(bag) and sha256sum_accepts(bag)
    assert sealed.verify(bag).report.good


def test_outside_tools_let_some_through(court: Path, tmp_path: Path) -> None:
    """The reason for all this: sums alone do not see what was added, linked, or taken away with its sum."""
    through = {"bagit": set[str](), "sha256sum": set[str]()}
    for name, (attack, _) in ATTACKS.items():
        bag = unpack(court, tmp_path / name.replace(" ", "-") / "bag")
        attack(bag)
        if name not in ("pipe",):
            through["bagit"] |= {name} if bagit_accepts(bag) else set()
        through["sha256sum"] |= {name} if sha256sum_accepts(bag) else set()
    assert {"tag file added", "fetch list", "empty folder"} <= through["bagit"]
    assert {"payload file added", "linked folder", "fetch list", "file replaced by link"} <= through[
        "sha256sum"
    ]


def test_a_forged_but_consistent_bag_has_no_signature(court: Path, sealed: World, tmp_path: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["data/claims.jsonl"] = files["data/claims.jsonl"].replace(b'"6"', b'"7"')

    found = sealed.verify(forged(court, tmp_path / "forged.zip", change)).report
    assert any(fault.what == "the signature does not fit these bytes" for fault in found.faults)
    assert not found.failed("V0")
