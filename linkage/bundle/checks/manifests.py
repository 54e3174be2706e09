"""The bag: which files there must be, and whether each has the bytes that two manifests name."""

import hashlib
import re

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import ROOT, STAMPS, TAG_FILES, name_fault
from linkage.bundle.checks.limits import MOST_FILES

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAG_INFO = "bag-info.txt"
HEX = {"sha256": 64, "sha512": 128}
WEAK = re.compile(r"(tag)?manifest-(md5|sha1|sha224)\.txt")
LABEL = re.compile("[A-Za-z0-9-]+")

Digests = dict[str, dict[str, str]]


def check_bag(content: Content, report: Report) -> None:
    """V0: the declaration, the files there are, and their digests under both algorithms."""
    names = content.files.names()
    _places(names, report)
    if content.has("bagit.txt") and content.whole("bagit.txt") != DECLARATION:
        report.fault("V0", "the bag declares another version", "bagit.txt", expected="1.0, UTF-8")
    payload = sorted(name for name in names if name.startswith("data/"))
    digests: Digests = {}
    for algorithm in HEX:
        _listed(content, f"manifest-{algorithm}.txt", payload, digests)
        _listed(content, f"tagmanifest-{algorithm}.txt", list(TAG_FILES), digests)
    for name, wanted in sorted(digests.items()):
        if content.has(name):
            _digest(content, name, wanted)
    content.wanted = {name: wanted["sha256"] for name, wanted in digests.items() if "sha256" in wanted}
    _oxum(content, payload, report)
    report.looked["V0"] = f"{len(names)} files, two digests each"


def bag_labels(content: Content, report: Report) -> dict[str, str]:
    """What the bag says of itself, label by label: one line each, and no label twice."""
    text = content.whole(BAG_INFO)
    labels: dict[str, str] = {}
    for number, line in enumerate(text.decode("latin-1").removesuffix("\n").split("\n"), 1):
        label, colon, value = line.partition(": ")
        if not colon or not LABEL.fullmatch(label) or not value.isprintable() or label in labels:
            report.fault("V0", "a line that is no label of the bag", f"{BAG_INFO}:{number}", found=line)
        labels.setdefault(label, value)
    return labels


def _places(names: list[str], report: Report) -> None:
    for name in names:
        if name.startswith("data/"):
            continue
        if name == "fetch.txt":
            report.fault("V0", "a list of files to fetch from elsewhere", name)
        elif WEAK.fullmatch(name):
            report.fault("V0", "a manifest of a weak algorithm", name, expected="sha256 and sha512")
        elif name not in ROOT and name not in STAMPS:
            report.fault("V0", "a file outside the payload that does not belong there", name)
    for name in ROOT:
        if name not in names:
            rung = "V1" if name.endswith(".sig") else "V0"
            report.fault(rung, "the signature is missing" if rung == "V1" else "a file is missing", name)


def _listed(content: Content, manifest: str, wanted: list[str], digests: Digests) -> None:
    """Read one manifest, and compare the names in it with those there must be."""
    if not content.has(manifest):
        return
    algorithm = manifest.rpartition("-")[2].removesuffix(".txt")
    rows = manifest_rows(content, manifest, HEX[algorithm])
    report, there = content.report, frozenset(wanted)
    for name, digest in rows.items():
        digests.setdefault(name, {})[algorithm] = digest
        if name not in there:
            missing = (
                "a listed file is missing" if not content.has(name) else "a file listed in the wrong place"
            )
            report.fault("V0", missing, name, found=manifest)
    for name in wanted:
        if name not in rows:
            report.fault("V0", "a file that a manifest does not list", name, expected=manifest)


def manifest_rows(content: Content, manifest: str, width: int) -> dict[str, str]:
    """Digest of each name; one grammar: lower-case hexadecimal, two blanks, name, line end."""
    text = content.whole(manifest)
    report = content.report
    for wrong, what in (
        (text.startswith(b"\xef\xbb\xbf"), "a byte-order mark"),
        (b"\r" in text, "line ends of another system"),
        (not text.endswith(b"\n"), "no line end after the last line"),
    ):
        if wrong:
            report.fault("V0", what, manifest)
    rows: dict[str, str] = {}
    for number, line in enumerate(text.decode("latin-1").removesuffix("\n").split("\n"), 1):
        if number > MOST_FILES:
            report.fault("V0", "too many files", manifest, expected=f"at most {MOST_FILES}")
            break
        digest, blanks, name = line[:width], line[width : width + 2], line[width + 2 :]
        if not re.fullmatch("[0-9a-fA-F]+", digest) or blanks != "  ":
            report.fault("V0", "a line that is no manifest line", f"{manifest}:{number}", found=line)
        elif digest != digest.lower():
            report.fault("V0", "upper-case digits in a manifest", f"{manifest}:{number}", found=digest)
        elif why := name_fault(name):
            report.fault("V0", f"{why}, in a manifest", f"{manifest}:{number}", found=name)
        elif name in rows:
            report.fault("V0", "a name listed twice", f"{manifest}:{number}", found=name)
        else:
            rows[name] = digest
    return rows


def _digest(content: Content, name: str, wanted: dict[str, str]) -> None:
    found = {algorithm: hashlib.new(algorithm) for algorithm in HEX}
    for piece in content.files.chunks(name):
        for each in found.values():
            each.update(piece)
    for algorithm, digest in wanted.items():
        if (now := found[algorithm].hexdigest()) != digest:
            content.report.fault("V0", f"bytes changed ({algorithm})", name, expected=digest, found=now)


def _oxum(content: Content, payload: list[str], report: Report) -> None:
    if not content.has(BAG_INFO):
        return
    found = f"{sum(content.files.length(name) for name in payload)}.{len(payload)}"
    said = bag_labels(content, report).get("Payload-Oxum")
    if said != found:
        report.fault(
            "V0", "bytes and files are not as many as declared", BAG_INFO, expected=said, found=found
        )
