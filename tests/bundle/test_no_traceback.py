"""Whatever stands in a bundle, the verifier ends with 0 or 5 and says where, what it expected and found."""

import ast
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.checks import disclosures, ladder
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.ladder import Verified
from linkage.bundle.checks.limits import DEEPEST, largest
from linkage.bundle.checks.strict_json import NotStrict, count_of, strict
from tests.bundle.made import VERIFIER, Files, World, forged, packed, standalone, unpacked

VIEW, SEAL, CUSTODY = "data/VIEW.json", "data/seal/SEAL.txt", "data/custody/custody.jsonl"
CLAIMS, OPENED = "data/claims.jsonl", "data/disclosures.jsonl"
STIX, COUNTER = "data/stix/bundle.json", "data/counter-evidence.jsonl"
WRONG = (None, 5, -1, "", "²", [], {}, [[]], {"a": 1}, True, ["x", 1], "9" * 5_000, 2**53)
Change = Callable[[Files], None]


def in_json(name: str, **values: Any) -> Change:
    def change(files: Files) -> None:
        files[name] = json.dumps({**json.loads(files[name]), **values}).encode() + b"\n"

    return change


def in_seal(field: str, value: str) -> Change:
    def change(files: Files) -> None:
        lines = files[SEAL].decode("latin-1").splitlines()
        lines = [f"{field}: {value}" if line.startswith(f"{field}: ") else line for line in lines]
        files[SEAL] = ("\n".join(lines) + "\n").encode("latin-1")

    return change


def file(name: str, content: bytes) -> Change:
    return lambda files: files.update({name: content})


ATTACKS: dict[str, Change] = {
    "groups is a number": in_json(VIEW, groups=5),
    "groups are numbers": in_json(VIEW, groups=[5]),
    "opened is a list": in_json(VIEW, opened=[]),
    "withheld holds numbers": in_json(VIEW, withheld={"a": 5}),
    "unresolved is a text": in_json(VIEW, unresolved="x"),
    "declared is a list": in_json(VIEW, declared=[1]),
    "the view is a list": file(VIEW, b"[]\n"),
    "a superscript for a count": in_seal("custody-entries", "²"),
    "a superscript for commitments": in_seal("commitments", "²"),
    "five thousand digits": in_seal("custody-entries", "9" * 5_000),
    "five thousand digits of commitments": in_seal("commitments", "9" * 5_000),
    "an integer of five thousand digits": file(VIEW, b'{"groups":' + b"9" * 5_000 + b"}\n"),
    "a thousand brackets": file(VIEW, b"[" * 100_000 + b"\n"),
    "claims that are lists": file(CLAIMS, b"[]\n"),
    "a claim about a list": file(CLAIMS, b'{"claim":[],"group":[],"method":[],"units":[]}\n'),
    "points that are numbers": file(COUNTER, b'{"unit":5,"says":5}\n'),
    "units that are numbers": file(OPENED, b"[1,2,3]\n"),
    "STIX of no objects": file(STIX, b'{"objects":[5]}\n'),
    "STIX that is a number": file(STIX, b"5\n"),
    "custody of numbers": file(CUSTODY, b"5\n5\n"),
    "an empty seal": file(SEAL, b""),
    "a seal of one word": file(SEAL, b"evidence seal v1"),
    "no line end": file(CLAIMS, b'{"claim":"c"}'),
}


def told(found: Verified) -> None:
    """Every fault says where, and what was expected or found."""
    assert not found.report.good
    for fault in found.report.faults:
        assert fault.path and fault.what, fault
        assert fault.what != "a check that could not be completed", fault


@pytest.mark.parametrize("name", ATTACKS)
def test_a_key_holder_cannot_end_the_verifier(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    def change(files: Files) -> None:
        ATTACKS[name](files)
        files[f"{SEAL}.sig"] = sealed.key.sign(files[SEAL], "evidence-seal@v1")

    path = forged(court, tmp_path / "bundle.zip", change, sealed.key)
    told(sealed.verify(path))
    alone = standalone(path, signers, "--recompute")
    assert (alone.returncode, alone.stderr) == (5, "")


def test_any_value_in_any_place_is_a_fault_or_nothing(court: Path, sealed: World, tmp_path: Path) -> None:
    """Of the files that are JSON, a leaf or branch replaced by something of another kind, signed anew."""
    drawn, crashed = random.Random(7), []
    for number in range(80):
        name = drawn.choice((VIEW, CLAIMS, COUNTER, CUSTODY, OPENED, STIX))
        wrong = drawn.choice(WRONG)

        def change(files: Files, name: str = name, wrong: Any = wrong) -> None:
            lines = [files[name]] if name in (VIEW, STIX) else files[name].splitlines()
            place = drawn.randrange(len(lines))
            lines[place] = json.dumps(replaced(json.loads(lines[place]), wrong, drawn)).encode()
            files[name] = b"\n".join([*lines, b""])

        path = forged(court, tmp_path / f"{number}.zip", change, sealed.key)
        report = sealed.verify(path).report
        crashed += [fault for fault in report.faults if fault.what == "a check that could not be completed"]
        assert all(fault.path for fault in report.faults)
        path.unlink()
    assert crashed == []


def replaced(value: Any, wrong: Any, drawn: random.Random) -> Any:
    """The same with one place of it replaced."""
    if isinstance(value, dict) and value and drawn.random() < 0.8:
        name = drawn.choice(sorted(value))
        return {**value, name: replaced(value[name], wrong, drawn)}
    if isinstance(value, list) and value and drawn.random() < 0.8:
        place = drawn.randrange(len(value))
        return [*value[:place], replaced(value[place], wrong, drawn), *value[place + 1 :]]
    return wrong


def test_bytes_changed_anywhere_are_a_fault(court: Path, sealed: World, tmp_path: Path) -> None:
    content, drawn = court.read_bytes(), random.Random(11)
    path = tmp_path / "bent.zip"
    for _ in range(80):
        place, length = drawn.randrange(len(content)), drawn.choice((1, 1, 4, 60))
        bent = content[:place] + drawn.randbytes(length) + content[place + length * drawn.choice((0, 1)) :]
        path.write_bytes(bent if drawn.random() < 0.9 else content[:place])
        if path.read_bytes() != content:
            told(sealed.verify(path))


def test_a_check_that_ends_early_is_a_fault(
    court: Path, sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*given: Any) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(ladder, "check_outcomes", ends)
    report = sealed.verify(court).report
    assert [(each.rung, each.path) for each in report.faults] == [("V2", VIEW)]
    assert "RecursionError" in report.faults[0].found and not report.good


def test_a_folder_fifteen_hundred_deep(court: Path, sealed: World, signers: Path, tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    shutil.unpack_archive(court, bag)
    before = os.getcwd()
    os.chdir(bag)
    try:
        for _ in range(1_500):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(before)
    try:
        found = sealed.verify(bag)
        told(found)
        assert any(fault.what == "a name that is too long" for fault in found.report.faults)
        alone = standalone(bag, signers)
        assert (alone.returncode, alone.stderr) == (5, "")
    finally:
        subprocess.run(["rm", "-rf", str(bag)], check=True)


def test_more_files_than_a_bundle_has(sealed: World, tmp_path: Path) -> None:
    for number in range(1_200):
        (tmp_path / f"{number}.txt").write_bytes(b"")
    assert [each.what for each in sealed.verify(tmp_path).report.faults] == ["too many files"]


# --- what nobody signed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", ["V0", "V1"])
def test_past_a_failed_signature_nothing_is_read_unless_asked(
    rung: str, court: Path, sealed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = unpacked(court)
    if rung == "V0":
        files[CLAIMS] += b"{}\n"
    else:
        files[SIGNATURE] = sealed.key.sign(files[SIGNED] + b"x", "evidence-bundle@v1")
    path, parsed = packed(tmp_path / "bundle.zip", files), []
    honest = disclosures.strict
    monkeypatch.setattr(disclosures, "strict", lambda text: (parsed.append(text), honest(text))[1])
    found = sealed.verify(path)
    assert found.report.failed(rung) and not parsed and not found.opened.paths
    states = {name: (state, remark) for name, _, state, remark in found.report.ladder()}
    assert states["V2"] == ("not checked", f"{rung} fails; --keep-going looks all the same")
    found = sealed.verify(path, keep_going=True)
    assert found.report.failed(rung) and parsed and not found.report.good


@pytest.mark.parametrize(
    "name", [*(f"manifest-{each}.txt" for each in ("sha256", "sha512")), SIGNATURE, SEAL]
)
def test_what_is_read_before_a_signature_is_small(
    name: str, court: Path, sealed: World, tmp_path: Path
) -> None:
    files = {**unpacked(court), name: b"0" * (largest(name) + 1)}
    found = sealed.verify(packed(tmp_path / "bundle.zip", files))
    assert any(each.what == "a file is too large" and each.path == name for each in found.report.faults)


HOSTILE: dict[str, bytes] = {
    "brackets": b"[" * (1 << 20),
    "quotes": b'"' * (1 << 20),
    "escapes": b'\\"' * (1 << 19),
    "lines": b"\n" * (1 << 20),
    "pairs": b"[]," * (1 << 18),
    "lists": b"[[],[]," * (1 << 16) + b"[]]" + b"]" * 64,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_and_memory_follow_the_size(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    """Twice the bytes take about twice the time, also where the key-holder himself wrote them."""
    took = []
    for times in (1, 3):
        lines = b"".join(HOSTILE[name] + b"\n" for _ in range(times))
        path = forged(
            court, tmp_path / f"{times}.zip", lambda f, lines=lines: f.update({OPENED: lines}), sealed.key
        )
        start = time.process_time()
        assert not sealed.verify(path).report.good
        took.append(time.process_time() - start)
    assert took[1] < 6 * took[0] + 1


# --- JSON --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth_is_that_of_lists_and_objects(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    for depth in (DEEPEST, DEEPEST + 1, 5_000):
        text = (opening * depth + "1" + closing * depth).encode()
        if depth <= DEEPEST:
            strict(text)
        else:
            with pytest.raises(NotStrict, match="nested too deeply"):
                strict(text)


@pytest.mark.parametrize(
    "inside", ["[" * 99, "{[" * 99, '"' + "[" * 99, "\\" + "[" * 99, '\\"' + "]" * 99, "\\" * 8]
)
def test_brackets_in_texts_are_no_depth(inside: str) -> None:
    value = [inside, {inside: [inside, {"a": inside}]}]
    assert strict(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "text", ['["' + "[" * 99, '["\\"' + "[" * 99 + '"]]', "[" * 99 + '"', "]" * 99, '"\\' + "[" * 99 + '"']
)
def test_what_is_no_json_stays_none(text: str) -> None:
    with pytest.raises(NotStrict):
        strict(text.encode())


@pytest.mark.parametrize(
    "text", ["²", "٣", "1.0", "+1", "-1", "01", " 1", "1\n", "", "9" * 16, "1_0", None, 5]
)
def test_a_count_is_written_in_one_way(text: Any) -> None:
    assert count_of(text) is None
    assert count_of("0") == 0 and count_of("120") == 120


# --- other Pythons -----------------------------------------------------------------------------------------


def pythons() -> list[str]:
    """Every Python from 3.9 on that this machine has, on the path or where pyenv and uv keep theirs."""
    kept = [Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python"]
    found = []
    for minor in range(9, 15):
        name = f"python3.{minor}"
        own = (str(each) for folder in kept for each in sorted(folder.glob(f"*/bin/{name}")))
        for each in filter(None, (shutil.which(name), *own)):
            if subprocess.run([each, "-c", ""], capture_output=True, check=False).returncode == 0:
                found.append(each)
                break
    return found or [sys.executable]


def test_every_python_from_3_9_on_says_the_same(
    court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    bad = forged(court, tmp_path / "bad.zip", in_json(VIEW, groups=5), sealed.key)
    for path, code in ((court, 0), (bad, 5)):
        wanted = standalone(path, signers, "--recompute", "--json")
        for python in pythons():
            command = [python, "-I", "-S", str(VERIFIER), str(path), "--signers", str(signers)]
            done = subprocess.run(
                [*command, "--recompute", "--json"], capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stdout) == (code, wanted.stdout), (python, done.stderr)


NEWER_THAN_3_9 = {
    "zip": {"strict"},
    "dataclass": {"slots", "kw_only", "match_args", "weakref_slot"},
    "bisect": {"key"},
    "bisect_left": {"key"},
    "bisect_right": {"key"},
    "insort": {"key"},
    "batched": set(),
    "pairwise": set(),
    "file_digest": set(),
    "bit_count": set(),
    "aiter": set(),
    "anext": set(),
}
"""Functions, and their parameters, that came after Python 3.9; without parameters the function itself did."""


def newer_calls(text: str) -> list[str]:
    """Calls in a program that Python 3.9 does not know."""
    found = []
    for node in ast.walk(ast.parse(text, feature_version=(3, 9))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            newer = NEWER_THAN_3_9.get(name)
            if newer is not None and (not newer or newer & {each.arg for each in node.keywords}):
                found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def test_the_one_file_uses_nothing_newer_than_3_9() -> None:
    assert newer_calls("zip(a, b, strict=True)") and newer_calls("itertools.pairwise(a)")
    assert not newer_calls("zip(a, b); sorted(a, key=b)")
    assert newer_calls(VERIFIER.read_text("utf-8")) == []
