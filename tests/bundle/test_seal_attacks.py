"""Attacks on what was sealed: opened units, claims, points against, custody; all by whoever holds the keys.

Manifests and signatures fit each time: these bundles are wrong by what they say, and are refused for that.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.checks.archive import Archive
from linkage.bundle.checks.view_comparison import compare
from tests import made_case
from tests.bundle.made import GROUP, World, audited, forged, rechained, resealed, standalone, world

Files = dict[str, bytes]
OPENED, LISTED, VIEW = "data/disclosures.jsonl", "data/seal/commitments.txt", "data/VIEW.json"
CLAIMS, COUNTER, CUSTODY = "data/claims.jsonl", "data/counter-evidence.jsonl", "data/custody/custody.jsonl"
SEAL, STIX = "data/seal/SEAL.txt", "data/stix/bundle.json"
VALIDATION = "data/methodology/validation.json"


def compact(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def rows(files: Files, name: str) -> list[Any]:
    return [json.loads(line) for line in files[name].splitlines()]


def put(files: Files, name: str, values: list[Any]) -> None:
    files[name] = b"".join(compact(each) + b"\n" for each in values)


def line_of(files: Files, prefix: str, suffix: str = "") -> bytes:
    start = re.compile(rb'"%s[^"]*%s"' % tuple(re.escape(each.encode()) for each in (prefix, suffix)))
    return next(line for line in files[OPENED].splitlines() if start.match(line[36:]))


def swap(files: Files, name: str, old: bytes, new: bytes) -> None:
    assert old in files[name], (name, old)
    files[name] = files[name].replace(old, new, 1)


def commit(files: Files, *lines: bytes, instead: tuple[bytes, ...] = ()) -> None:
    """A list of commitments with these lines in it, and without those."""
    gone = {hashlib.sha256(each).hexdigest() for each in instead}
    listed = {each for each in files[LISTED].decode().split() if each not in gone}
    listed |= {hashlib.sha256(each).hexdigest() for each in lines}
    files[LISTED] = "".join(f"{each}\n" for each in sorted(listed)).encode()


def changed_value(
    files: Files, prefix: str, change: Callable[[Any], Any], suffix: str = ""
) -> tuple[bytes, bytes]:
    """A unit with another value under its old salt; the old and the new line."""
    old = line_of(files, prefix, suffix)
    salt, path, value = json.loads(old)
    new = compact([salt, path, change(value)])
    swap(files, OPENED, old, new)
    return old, new


def view_says(files: Files, **fields: Any) -> None:
    files[VIEW] = compact(json.loads(files[VIEW]) | fields) + b"\n"


def raw_line(make: Callable[[str, str], str]) -> Callable[[Files, World], None]:
    """The first unit written in another way."""

    def attack(files: Files, world: World) -> None:
        old = line_of(files, "run/seed")
        salt, path, _ = json.loads(old)
        swap(files, OPENED, old, make(salt, path).encode())

    return attack


def _value_changed(files: Files, world: World) -> None:
    changed_value(files, "member/", lambda value: ["0.123456", value[1]])


def _resealed_value(files: Files, world: World) -> None:
    """The provider seals a number that its own units do not give."""
    old = line_of(files, f"claim/{claim(files, 'count-members')['claim']}")
    salt, path, value = json.loads(old)
    new = compact([salt, path, value | {"value": "5"}])
    swap(files, OPENED, old, new)
    put(
        files,
        CLAIMS,
        [
            each | {"value": "5"} if each["method"] == "count-members" else each
            for each in rows(files, CLAIMS)
        ],
    )
    commit(files, new, instead=(old,))
    resealed(files, world.key)


def _resealed_interval(method: str, interval: list[str]) -> Callable[[Files, World], None]:
    """The provider seals a narrower interval than its own units give, or one where there is none."""

    def attack(files: Files, world: World) -> None:
        old = line_of(files, f"claim/{claim(files, method)['claim']}")
        salt, path, value = json.loads(old)
        new = compact([salt, path, value | {"interval": interval}])
        swap(files, OPENED, old, new)
        told = rows(files, CLAIMS)
        put(files, CLAIMS, [{**each, "interval": interval} if each == value else each for each in told])
        commit(files, new, instead=(old,))
        resealed(files, world.key)

    return attack


_interval = _resealed_interval("family-bits", ["24.000000", "24.500000"])
_no_interval = _resealed_interval("count-members", ["5.000000", "7.000000"])


def _own_rates(files: Files, world: World) -> None:
    own = json.loads(line_of(files, "run/input/", "content"))[2]["sha256"]
    files[VALIDATION] = compact({"rates": [], "inputs": ["1" * 64, own]}) + b"\n"


def _stix_twice(files: Files, world: World) -> None:
    """Which of the two a reader takes is up to the reader."""
    bundle = json.loads(files[STIX])
    bundle["objects"].append({**bundle["objects"][-1], "description": "another"})
    files[STIX] = compact(bundle) + b"\n"


def _wrong_sum(files: Files, world: World) -> None:
    old, new = changed_value(files, "link/", lambda value: [_more(value[0]), value[1]], "strength")
    commit(files, new, instead=(old,))
    resealed(files, world.key)


def _more(text: Any) -> Any:
    return f"{float(text) + 5:.6f}"


def claim(files: Files, method: str) -> Any:
    return next(each for each in rows(files, CLAIMS) if each["method"] == method)


def _two_values(files: Files, world: World) -> None:
    """Equivocation: two values for one path, both sealed."""
    _, path, _ = json.loads(line_of(files, "run/seed"))
    second = compact(["0f" * 16, path, 99])
    files[OPENED] += second + b"\n"
    commit(files, second)
    resealed(files, world.key)
    view_says(files, opened={**json.loads(files[VIEW])["opened"], "run.seed": 2})


def _claim_cites_more(files: Files, world: World) -> None:
    put(
        files,
        CLAIMS,
        [
            each | {"value": "77"} if each["method"] == "count-members" else each
            for each in rows(files, CLAIMS)
        ],
    )


def _claim_left_out(files: Files, world: World) -> None:
    put(files, CLAIMS, rows(files, CLAIMS)[1:])


def _claim_not_opened(files: Files, world: World) -> None:
    put(files, CLAIMS, [*rows(files, CLAIMS), claim(files, "count-members") | {"claim": "c-000000000000"}])


def _point_left_out(files: Files, world: World) -> None:
    put(files, COUNTER, rows(files, COUNTER)[1:])


def _point_softened(files: Files, world: World) -> None:
    first, *rest = rows(files, COUNTER)
    put(files, COUNTER, [first | {"says": "nothing of weight"}, *rest])


def _parameters(files: Files, world: World) -> None:
    name = "data/methodology/params.json"
    files[name] = compact(json.loads(files[name]) | {"links/link-bits": "-5.0"}) + b"\n"


def _shorter_list(files: Files, world: World) -> None:
    files[LISTED] = b"".join(files[LISTED].splitlines(True)[:-3])


def _unsorted(files: Files, world: World) -> None:
    lines = files[LISTED].splitlines(True)
    files[LISTED] = b"".join([lines[1], lines[0], *lines[2:]])
    resealed(files, world.key)


def _listed_twice(files: Files, world: World) -> None:
    lines = files[LISTED].splitlines(True)
    files[LISTED] = b"".join([lines[0], *lines])
    resealed(files, world.key)


def _upper_case(files: Files, world: World) -> None:
    files[LISTED] = files[LISTED].upper()
    resealed(files, world.key)


def _another_seal(files: Files, world: World) -> None:
    view_says(files, seal="0" * 64)


def _another_case(files: Files, world: World) -> None:
    view_says(files, case="another")


def _miscounted(files: Files, world: World) -> None:
    view_says(files, opened={**json.loads(files[VIEW])["opened"], "run.seed": 7})


def _complete(files: Files, world: World) -> None:
    withheld = {"seen.ip": {"units": 10**9, "reason": "x"}}
    view_says(files, withheld=withheld)


def _nothing_withheld(files: Files, world: World) -> None:
    view_says(files, withheld={"seen.ip": {"units": 0, "reason": "x"}})


def _opened_twice(files: Files, world: World) -> None:
    files[OPENED] += line_of(files, "run/seed") + b"\n"


def _salt_reused(files: Files, world: World) -> None:
    salt = json.loads(line_of(files, "run/seed"))[0]
    old = line_of(files, "run/sha256")
    _, path, value = json.loads(old)
    new = compact([salt, path, value])
    swap(files, OPENED, old, new)
    commit(files, new, instead=(old,))
    resealed(files, world.key)


def custody(
    change: Callable[[list[Any]], list[Any]], *, chained: bool = False
) -> Callable[[Files, World], None]:
    def attack(files: Files, world: World) -> None:
        put(files, CUSTODY, change(rows(files, CUSTODY)))
        if chained:
            rechained(files)

    return attack


def _seal_fields(files: Files, world: World) -> None:
    files[SEAL] = files[SEAL].replace(b"schema: 4\n", b"")


ATTACKS: dict[str, tuple[Callable[[Files, World], None], str, str]] = {
    "value changed, old salt": (_value_changed, "V2", "an opened unit that was not sealed"),
    "never sealed": (
        lambda f, w: f.update({OPENED: f[OPENED] + compact(["ab" * 16, "run/new", 1]) + b"\n"}),
        "V2",
        "an opened unit that was not sealed",
    ),
    "opened twice": (_opened_twice, "V2", "one unit opened twice"),
    "two values for one path": (_two_values, "V2", "two values opened for one path"),
    "salt used twice": (_salt_reused, "V2", "one salt used twice"),
    "short salt": (
        raw_line(lambda salt, path: f'["{salt[:8]}","{path}",0]'),
        "V2",
        "a salt that is not 128 bits",
    ),
    "path outside grammar": (
        raw_line(lambda salt, path: f'["{salt}","../{path}",0]'),
        "V2",
        "a path outside the grammar",
    ),
    "not a list": (raw_line(lambda salt, path: '{"a":1}'), "V2", "not salt, path, value"),
    "one key twice": (
        raw_line(lambda salt, path: f'["{salt}","{path}",{{"a":1,"a":2}}]'),
        "V2",
        "one key twice",
    ),
    "not a number": (
        raw_line(lambda salt, path: f'["{salt}","{path}",NaN]'),
        "V2",
        "NaN, which is no number",
    ),
    "infinite": (
        raw_line(lambda salt, path: f'["{salt}","{path}",-Infinity]'),
        "V2",
        "-Infinity, which is no number",
    ),
    "fraction": (
        raw_line(lambda salt, path: f'["{salt}","{path}",1.5]'),
        "V2",
        "a fraction that is not written as text",
    ),
    "2^53 + 1": (
        raw_line(lambda salt, path: f'["{salt}","{path}",{2**53 + 1}]'),
        "V2",
        "an integer beyond 2^53",
    ),
    "thousands of digits": (
        raw_line(lambda salt, path: f'["{salt}","{path}",{"9" * 5000}]'),
        "V2",
        "an integer beyond 2^53",
    ),
    "nested": (
        raw_line(lambda salt, path: f'["{salt}","{path}",{"[" * 100_000}{"]" * 100_000}]'),
        "V2",
        "nested too deeply",
    ),
    "half a character": (
        raw_line(lambda salt, path: f'["{salt}","{path}","\\ud800"]'),
        "V2",
        "half of a character",
    ),
    "not ASCII": (raw_line(lambda salt, path: f'["{salt}","{path}","é"]'), "V2", "not ASCII"),
    "not JSON": (raw_line(lambda salt, path: "nothing"), "V2", "not JSON"),
    "a very long line": (
        raw_line(lambda salt, path: f'["{salt}","{path}","{"a" * (10 << 20)}"]'),
        "V2",
        "a line is too long",
    ),
    "no last line end": (lambda f, w: f.update({OPENED: f[OPENED][:-1]}), "V2", "the last line has no end"),
    "commitments cut": (_shorter_list, "V2", "not as many commitments as sealed"),
    "commitments out of order": (_unsorted, "V2", "commitments out of order"),
    "a commitment twice": (_listed_twice, "V2", "a commitment twice"),
    "upper-case commitments": (_upper_case, "V2", "a commitment that is no digest"),
    "view of another seal": (_another_seal, "V2", "a view of another seal"),
    "view of another case": (_another_case, "V2", "a view of another seal"),
    "opened miscounted": (_miscounted, "V2", "the view miscounts what it opens"),
    "more than sealed": (_complete, "V2", "more units than the seal commits to"),
    "withheld miscounted": (_nothing_withheld, "V2", "the view miscounts what it withholds"),
    "label of another view": (
        lambda f, w: swap(f, "bag-info.txt", b"View: court", b"View: public"),
        "V2",
        "labelled as another view",
    ),
    "seal without a field": (_seal_fields, "V2", "not a seal of version 1"),
    "claim changed": (_claim_cites_more, "V2", "a claim other than the sealed one"),
    "claim left out": (_claim_left_out, "V2", "an opened claim that the list leaves out"),
    "claim added": (_claim_not_opened, "V2", "a claim that is not opened"),
    "point against left out": (_point_left_out, "V2", "points against were left out"),
    "point against softened": (_point_softened, "V2", "a point against that is not the sealed one"),
    "parameters changed": (_parameters, "V2", "parameters other than the sealed ones"),
    "interval is wrong": (_interval, "V3", "a claim computes to another interval"),
    "interval where there is none": (_no_interval, "V3", "a claim computes to another interval"),
    "rates of the case itself": (_own_rates, "V2", "rates that were measured on the case's own data"),
    "STIX of other groups": (
        lambda f, w: swap(f, STIX, f'"name": "{GROUP}"'.encode(), b'"name": "g-00000000000000bb"'),
        "V2",
        "the STIX file is about other groups",
    ),
    "STIX with another label": (
        lambda f, w: swap(f, STIX, b'"name": "TLP:AMBER+STRICT"', b'"name": "TLP:CLEAR"'),
        "V2",
        "the STIX file has another label",
    ),
    "STIX with an object twice": (_stix_twice, "V2", "the STIX file has two objects of one id"),
    "STIX that is none": (lambda f, w: f.update({STIX: b"[]"}), "V2", "the STIX file is no bundle"),
    "STIX of two meanings": (
        lambda f, w: swap(f, STIX, b'{"type"', b'{"type": "x", "type"'),
        "V2",
        "the STIX file: one key twice",
    ),
    "sealed number is wrong": (_resealed_value, "V3", "a claim computes to another number"),
    "sealed link is wrong": (_wrong_sum, "V3", "a claim computes to another number"),
    "custody line lost": (custody(lambda acts: acts[1:]), "V2", "a gap in the custody numbers"),
    "custody moved": (
        custody(lambda acts: [acts[1], acts[0], *acts[2:]]),
        "V2",
        "does not follow from the one before",
    ),
    "custody changed": (
        custody(lambda acts: [acts[0] | {"act": "look"}, *acts[1:]]),
        "V2",
        "does not follow from the one before",
    ),
    "custody changed, chained anew": (
        custody(lambda acts: [acts[0] | {"act": "look"}, *acts[1:]], chained=True),
        "V2",
        "custody is not what was sealed",
    ),
    "custody tail cut": (custody(lambda acts: acts[:-1]), "V2", "does not end with seal and export"),
    "custody of another seal": (
        custody(lambda acts: [*acts[:-2], acts[-2] | {"out": "0" * 64}, acts[-1]], chained=True),
        "V2",
        "custody names another seal",
    ),
    "clock goes back": (
        custody(
            lambda acts: [acts[0], acts[1] | {"at": "2020-01-01T00:00:00.000000Z"}, *acts[2:]], chained=True
        ),
        "V2",
        "a clock that goes back",
    ),
    "time of no zone": (
        custody(lambda acts: [acts[0] | {"at": "2026-04-11 09:00"}, *acts[1:]], chained=True),
        "V2",
        "a custody time that is not in UTC",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, rung, words = ATTACKS[name]
    path = forged(court, tmp_path / "bundle.zip", lambda files: attack(files, sealed), sealed.key)
    found = sealed.verify(path).report
    told = [fault for fault in found.faults if words in fault.what]
    assert told and told[0].rung == rung, found.faults
    assert not found.failed("V0")
    alone = standalone(path, signers, "--recompute", "--json")
    assert alone.returncode == 5, alone.stderr
    assert json.loads(alone.stdout)["rows"] == [vars(each) for each in found.faults]


def test_the_good_one_stays_good_when_it_is_made_anew(court: Path, sealed: World, tmp_path: Path) -> None:
    path = forged(court, tmp_path / "same.zip", lambda files: None, sealed.key)
    assert path.read_bytes() == court.read_bytes()

    def anew(files: Files) -> None:
        resealed(files, sealed.key)

    assert sealed.verify(forged(court, tmp_path / "anew.zip", anew, sealed.key)).report.good


def test_every_claim_is_recomputed_in_the_court_view(court: Path, sealed: World) -> None:
    states = sealed.verify(court).states
    assert set(states.values()) == {"recomputed", "stated in the sealed unit"}


def test_two_views_with_two_seals_are_told(court: Path, sealed: World, tmp_path: Path) -> None:
    other = forged(court, tmp_path / "other.zip", lambda files: _second_seal(files, sealed), sealed.key)
    one, two = sealed.verify(court), sealed.verify(other)
    assert one.report.good and two.report.good
    compare(one, two, "other.zip")
    told = {fault.what for fault in one.report.faults}
    assert told == {"two seals of one case", "two values sealed for one path"}
    assert GROUP


def test_an_older_seal_is_told_beside_the_newer(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "old.zip")
    made_case.write(own.case, made_case.tables(), made_case.receipt() | {"seed": 8})
    audited(own.case, "investigate", "2026-05-01T09:00:00+00:00")
    own.create(tmp_path / "new.zip")
    old, new = own.verify(tmp_path / "old.zip"), own.verify(tmp_path / "new.zip")
    assert old.report.good and new.report.good
    compare(old, new, "new.zip")
    assert "one seal takes the place of the other" in {fault.what for fault in old.report.faults}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ('value="7"', "the report shows another number"),
        ('data-claim="c-0"', "the report cites a claim that is not"),
    ],
)
def test_a_report_with_other_numbers_is_told(
    shown: str, words: str, court: Path, sealed: World, tmp_path: Path
) -> None:
    def change(files: Files) -> None:
        name = claim(files, "count-members")["claim"]
        good = f'<data class="n" id="{name}" data-claim="{name}" value="6">6</data>'
        old = 'value="6"' if shown.startswith("value") else f'data-claim="{name}"'
        files["data/report/report.html"] = good.replace(old, shown).encode()

    found = sealed.verify(forged(court, tmp_path / "report.zip", change, sealed.key)).report
    assert any(fault.rung == "V3" and words in fault.what for fault in found.faults)


def test_a_file_that_changes_while_it_is_read_is_told(
    court: Path, sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes that are parsed are hashed again as they are parsed."""
    honest, read = Archive.chunks, list[str]()

    def chunks(self: Archive, name: str) -> Iterator[bytes]:
        read.append(name)
        for piece in honest(self, name):
            yield piece.replace(b"V3", b"V2") if name == CLAIMS and read.count(name) > 1 else piece

    monkeypatch.setattr(Archive, "chunks", chunks)
    found = sealed.verify(court).report
    assert any(fault.what == "a file changed while it was read" for fault in found.faults)


def _second_seal(files: Files, world: World) -> None:
    """Another number of requests told to another recipient: each view holds by itself."""
    old, new = changed_value(files, f"group/{GROUP}/output-tokens", lambda value: value + 1)
    tokens = next(each for each in rows(files, CLAIMS) if each["of"] == "output-tokens")
    before = line_of(files, f"claim/{tokens['claim']}")
    salt, path, value = json.loads(before)
    after = compact([salt, path, value | {"value": str(int(value["value"]) + 1)}])
    swap(files, OPENED, before, after)
    told = [str(int(value["value"]) + more).encode() for more in (0, 1)]
    files["data/report/report.html"] = files["data/report/report.html"].replace(*told)
    put(
        files,
        CLAIMS,
        [json.loads(after)[2] if each["claim"] == tokens["claim"] else each for each in rows(files, CLAIMS)],
    )
    commit(files, new, after, instead=(old, before))
    resealed(files, world.key)
