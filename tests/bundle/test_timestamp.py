"""Time stamps: asked for and taken in without a network, and every way in which one does not count."""

import builtins
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle import timestamp
from linkage.bundle.checks import timestamps as stamps
from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
from linkage.bundle.checks.strict_json import NotStrict
from linkage.bundle.checks.timestamps import read_stamp
from linkage.cli.app import run
from linkage.errors import IntegrityError, UsageError
from tests.bundle.authority import Authority, authority, openssl, short_lived
from tests.bundle.made import World, packed, standalone, unpacked
from tests.bundle.stranger import by_hand


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "own")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "other")


@pytest.fixture(scope="module")
def stamped(court: Path, tsa: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The court view with a time stamp, made by the commands."""
    folder = tmp_path_factory.mktemp("stamped")
    shutil.copy(court, folder / "case.zip")
    assert (
        run(["bundle", "timestamp", "request", str(folder / "case.zip"), "--out", str(folder / "a.tsq")]) == 0
    )
    tsa.answer(folder / "a.tsq", folder / "a.tsr")
    assert take_in(folder / "case.zip", folder / "a.tsr", folder / "a.tsq", tsa.roots) == 0
    return folder / "case.zip"


def take_in(bundle: Path, answer: Path, asked: Path, roots: Path, *more: str) -> int:
    given = ["bundle", "timestamp", "import", bundle, answer, "--request", asked, "--tsa-roots", roots, *more]
    return run([str(each) for each in given])


def checked(sealed: World, path: Path, roots: Path) -> Any:
    return sealed.verify(path, stamps=timestamp.checker(timestamp.roots(roots)))


# --- a good one ------------------------------------------------------------------------------------------


def test_the_time_and_whose_it_is_are_told(stamped: Path, sealed: World, tsa: Authority) -> None:
    found = checked(sealed, stamped, tsa.roots)
    assert found.report.good, found.report.faults
    assert "an independent time stamp holds" in found.report.looked["V1"]
    (said,) = [value for name, value in found.report.facts.items() if name.startswith("time stamp")]
    assert said.startswith(time.strftime("%Y-%m-%dT", time.gmtime())) and said.endswith("by CN=Test good")


def test_the_command_tells_it_too(
    stamped: Path, signers: Path, tsa: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["bundle", "verify", stamped, "--signers", signers, "--tsa-roots", tsa.roots]
    assert run([str(each) for each in given]) == 0
    assert "CN=Test good" in capsys.readouterr().out.replace("\n", "")


def test_openssl_says_the_same(stamped: Path, tsa: Authority, tmp_path: Path) -> None:
    files = unpacked(stamped)
    for name in (SIGNATURE, STAMPS[0]):
        (tmp_path / name).write_bytes(files[name])
    given = ["-data", SIGNATURE, "-in", STAMPS[0], "-CAfile", str(tsa.roots)]
    assert "Verification: OK" in openssl(tmp_path, "ts", "-verify", *given).stdout


def test_a_stranger_checks_the_time_by_hand(
    stamped: Path, sealed: World, tsa: Authority, stranger: Authority, tmp_path: Path
) -> None:
    """README-FIRST was sealed before there was a stamp, and knows what to do with one."""
    done = by_hand(stamped, tmp_path / "good", sealed.signers, roots=tsa.roots)
    assert done.returncode == 0 and "Verification: OK" in done.stdout, done.stderr
    assert by_hand(stamped, tmp_path / "bad", sealed.signers, roots=stranger.roots).returncode != 0


def test_bag_and_stranger_accept_it(stamped: Path, tmp_path: Path) -> None:
    """No manifest lists it, and none has to: the bag stays valid, for others as well."""
    import bagit

    folder = tmp_path / "bag"
    for name, content in unpacked(stamped).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert bagit.Bag(str(folder)).is_valid()


def test_the_one_file_checks_what_it_can_and_says_what_it_cannot(stamped: Path, signers: Path) -> None:
    done = standalone(stamped, signers)
    assert done.returncode == 0 and "no independent time" in done.stdout
    assert "who signed the token was not checked: openssl ts -verify" in done.stdout


def test_without_roots_it_is_no_independent_time(stamped: Path, sealed: World) -> None:
    found = sealed.verify(stamped)
    assert found.report.good and "no independent time" in found.report.looked["V1"]


def test_nothing_else_in_the_bundle_changes(stamped: Path, court: Path) -> None:
    before, after = unpacked(court), unpacked(stamped)
    assert {name: after[name] for name in before} == before and set(after) - set(before) == {STAMPS[0]}


def test_two_authorities_and_no_third(
    stamped: Path, sealed: World, tsa: Authority, stranger: Authority, tmp_path: Path
) -> None:
    both = tmp_path / "roots.pem"
    both.write_bytes(tsa.roots.read_bytes() + stranger.roots.read_bytes())
    timestamp_file = tmp_path / "b.tsq"
    timestamp_file.write_bytes(timestamp.request(stamped))
    stranger.answer(timestamp_file, tmp_path / "b.tsr")
    out = tmp_path / "two.zip"
    assert take_in(stamped, tmp_path / "b.tsr", timestamp_file, both, "--out", str(out)) == 0
    found = checked(sealed, out, both)
    assert found.report.good and sum(name.startswith("time stamp") for name in found.report.facts) == 2
    assert take_in(out, tmp_path / "b.tsr", timestamp_file, both, "--out", str(tmp_path / "three.zip")) == 2
    assert not (tmp_path / "three.zip").exists()


def test_what_leaves_the_house_is_a_digest(court: Path, tmp_path: Path) -> None:
    content = timestamp.request(court)
    assert len(content) < 100 and unpacked(court)[SIGNATURE] not in content
    assert timestamp.request(court) != content, "each request has a number of its own"


def test_a_key_counts_as_it_did_when_it_was_stamped(
    stamped: Path, sealed: World, tsa: Authority, tmp_path: Path
) -> None:
    """A key that is no longer valid now, but was by the stamped time; one that had expired before then."""
    tomorrow = time.strftime("%Y%m%dZ", time.gmtime(time.time() + 2 * 86_400))
    check = timestamp.checker(timestamp.roots(tsa.roots))
    name, rest = sealed.signers.split(" ", 1)
    later = sealed.verify(stamped, signers=f'{name} valid-before="{tomorrow}",{rest}', stamps=check)
    assert later.report.good and "valid then" in later.report.looked["V1"]
    early = sealed.verify(stamped, signers=f'{name} valid-before="20200101Z",{rest}', stamps=check)
    assert any(each.what == "signed by a key that is no longer valid" for each in early.report.faults)


def test_a_certificate_that_has_expired_since_still_counts(
    court: Path, sealed: World, tsa: Authority, tmp_path: Path
) -> None:
    """openssl asks whether it is valid now; what matters is whether it was when it stamped."""
    name = short_lived(tsa, 2)
    signature = tmp_path / SIGNATURE
    signature.write_bytes(unpacked(court)[SIGNATURE])
    token = tsa.stamped(signature, tmp_path / STAMPS[0], signer=name)
    out = packed(tmp_path / "case.zip", {**unpacked(court), STAMPS[0]: token.read_bytes()})
    time.sleep(3)
    given = ["-data", SIGNATURE, "-in", STAMPS[0], "-CAfile", str(tsa.roots)]
    assert openssl(tmp_path, "ts", "-verify", *given, check=False).returncode != 0
    assert checked(sealed, out, tsa.roots).report.good


# --- bad ones --------------------------------------------------------------------------------------------

Make = Callable[[Authority, Authority, Path, Path], bytes]
"""A token from the two authorities, the signature's file and a place to work in."""


def of_another(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
    (here / "other").write_bytes(b"something else")
    return tsa.stamped(here / "other", here / "x.tsr").read_bytes()


def good(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
    return tsa.stamped(signature, here / "x.tsr").read_bytes()


def broken(place: int) -> Make:
    def make(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
        content = bytearray(good(tsa, stranger, signature, here))
        content[place] ^= 1
        return bytes(content)

    return make


def not_for_time(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
    """A token signed with a certificate for something else: openssl has to be led around its own check."""
    inner = stamps._information(_token(good(tsa, stranger, signature, here)))
    (here / "inner.der").write_bytes(_der(0x30, inner))
    given = ["-binary", "-nodetach", "-outform", "DER", "-econtent_type", "1.2.840.113549.1.9.16.1.4"]
    signer = ["-signer", str(tsa.folder / "plain.pem"), "-inkey", str(tsa.folder / "plain.key")]
    openssl(here, "cms", "-sign", *given, *signer, "-in", "inner.der", "-out", "cms.der")
    return _der(0x30, _der(0x30, _der(0x02, b"\0")) + (here / "cms.der").read_bytes())


def _token(response: bytes) -> bytes:
    children = stamps._all_children(stamps._one(response, stamps.SEQUENCE))
    return children[1][1]


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + content


def out_of_order(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
    """A token with its chain, whose certificates stand in the order that the library does not read."""
    content = tsa.stamped(signature, here / "x.tsr", chain=True).read_bytes()
    signed = stamps._all_children(stamps._one(stamps._all_children(_token(content))[1][1], 0x30))
    (certificates,) = [value for tag, value in signed if tag == 0xA0]
    parts = [_der(tag, value) for tag, value in stamps._all_children(certificates)]
    assert len(parts) == 2
    return content.replace(certificates, b"".join(sorted(parts, reverse=True)))


def in_order(tsa: Authority, signature: Path, here: Path) -> bytes:
    """The same in the other order."""
    content = out_of_order(tsa, tsa, signature, here)
    signed = stamps._all_children(stamps._one(stamps._all_children(_token(content))[1][1], 0x30))
    (certificates,) = [value for tag, value in signed if tag == 0xA0]
    parts = [_der(tag, value) for tag, value in stamps._all_children(certificates)]
    return content.replace(certificates, b"".join(sorted(parts)))


def test_a_token_with_its_chain_in_order_counts(
    court: Path, sealed: World, tsa: Authority, tmp_path: Path
) -> None:
    signature = tmp_path / SIGNATURE
    signature.write_bytes(unpacked(court)[SIGNATURE])
    token = in_order(tsa, signature, tmp_path)
    out = packed(tmp_path / "case.zip", {**unpacked(court), STAMPS[0]: token})
    assert checked(sealed, out, tsa.roots).report.good


def status(number: int) -> Make:
    def make(tsa: Authority, stranger: Authority, signature: Path, here: Path) -> bytes:
        content = good(tsa, stranger, signature, here)
        place = content.index(b"\x02\x01\x00")
        return content[: place + 2] + bytes([number]) + content[place + 3 :]

    return make


TOKENS: dict[str, tuple[Make, str]] = {
    "of something else": (of_another, "a time stamp of something else"),
    "weak digest": (
        lambda tsa, stranger, signature, here: tsa.stamped(signature, here / "x.tsr", "-sha1").read_bytes(),
        "a time stamp over a digest that does not count",
    ),
    "expired certificate": (
        lambda tsa, stranger, signature, here: tsa.stamped(
            signature, here / "x.tsr", signer="expired"
        ).read_bytes(),
        timestamp.NOT_VALID,
    ),
    "untrusted authority": (
        lambda tsa, stranger, signature, here: stranger.stamped(signature, here / "x.tsr").read_bytes(),
        timestamp.UNNAMED,
    ),
    "self-signed": (
        lambda tsa, stranger, signature, here: tsa.stamped(
            signature, here / "x.tsr", signer="alone"
        ).read_bytes(),
        timestamp.UNNAMED,
    ),
    "parts out of order": (out_of_order, timestamp.OUT_OF_ORDER),
    "not for time stamps": (not_for_time, timestamp.NOT_FOR_TIME),
    "truncated": (lambda *given: good(*given)[:-40], "a time stamp: cut short, or none"),
    "empty": (lambda *given: b"", "a time stamp: cut short, or none"),
    "something behind it": (lambda *given: good(*given) + b"\0\0", "a time stamp: cut short, or none"),
    "no DER": (lambda *given: b"-----BEGIN TOKEN-----", "a time stamp: cut short, or none"),
    "changed signature": (broken(-3), "a time stamp whose signature does not hold"),
    "granted with changes": (status(1), "a time stamp: granted with changes to what was asked"),
    "not granted": (status(2), "a time stamp: not granted"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, tsa: Authority, stranger: Authority, tmp_path: Path
) -> None:
    make, words = TOKENS[name]
    signature = tmp_path / SIGNATURE
    signature.write_bytes(unpacked(court)[SIGNATURE])
    token = make(tsa, stranger, signature, tmp_path)
    out = packed(tmp_path / "case.zip", {**unpacked(court), STAMPS[0]: token})
    found = checked(sealed, out, tsa.roots)
    assert not found.report.good
    assert [(each.what, each.path) for each in found.report.faults] == [(words, STAMPS[0])]


@pytest.mark.parametrize(("days", "words"), [(400, "from the future"), (-4000, "from before what it stamps")])
def test_a_time_that_cannot_be(
    days: int, words: str, stamped: Path, sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token's clock, moved against the verifier's and the case's; its signature is looked at apart."""
    right = stamps.read_stamp

    def moved(response: bytes) -> stamps.Stamp:
        found = right(response)
        at = found.at + days * 86_400
        said = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        return stamps.Stamp(found.algorithm, found.imprint, at, said, found.nonce)

    monkeypatch.setattr(stamps, "read_stamp", moved)
    found = sealed.verify(stamped)
    assert [each.what for each in found.report.faults] == [f"a time stamp {words}"]


def test_a_certificate_inside_the_answer_is_no_root(
    stamped: Path, stranger: Authority, sealed: World
) -> None:
    found = checked(sealed, stamped, stranger.roots)
    assert [each.what for each in found.report.faults] == [timestamp.UNNAMED]


def test_an_answer_to_another_request_is_not_taken(
    court: Path, tsa: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "other"):
        (tmp_path / f"{name}.tsq").write_bytes(timestamp.request(court))
    tsa.answer(tmp_path / "one.tsq", tmp_path / "one.tsr")
    given = (court, tmp_path / "one.tsr", tmp_path / "other.tsq", tsa.roots)
    assert take_in(*given, "--out", str(tmp_path / "out.zip")) == 5
    assert "in answer to another request" in capsys.readouterr().err
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize(
    "name", ["of something else", "untrusted authority", "expired certificate", "truncated"]
)
def test_a_bad_answer_changes_nothing(
    name: str, court: Path, tsa: Authority, stranger: Authority, tmp_path: Path
) -> None:
    asked, signature = tmp_path / "a.tsq", tmp_path / SIGNATURE
    asked.write_bytes(timestamp.request(court))
    signature.write_bytes(unpacked(court)[SIGNATURE])
    answer = tmp_path / "a.tsr"
    # An answer to the very request, but for what is wrong with it.
    if name in ("untrusted authority", "expired certificate"):
        who, signer = (stranger, "good") if name == "untrusted authority" else (tsa, "expired")
        who.answer(asked, answer, signer)
    else:
        answer.write_bytes(TOKENS[name][0](tsa, stranger, signature, tmp_path))
    before = court.read_bytes()
    assert take_in(court, answer, asked, tsa.roots) == 5
    assert court.read_bytes() == before


def test_a_folder_with_a_receipt_of_another_program_is_the_bundle_that_is_unpacked_there(
    court: Path, tmp_path: Path
) -> None:
    shutil.unpack_archive(court, tmp_path / "bag")
    before = timestamp.signature_of(tmp_path / "bag")
    (tmp_path / "bag" / "run.json").write_text('{"job": 7}')
    assert timestamp.signature_of(tmp_path / "bag") == before == unpacked(court)[SIGNATURE]


def test_a_case_that_is_not_sealed_has_nothing_to_stamp(sealed: World, tmp_path: Path) -> None:
    shutil.copytree(sealed.case, tmp_path / "case")
    shutil.rmtree(tmp_path / "case" / "seal")
    with pytest.raises(IntegrityError, match="is not sealed"):
        timestamp.signature_of(tmp_path / "case")


def test_without_the_library_the_extra_is_named(court: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "rfc3161_client":
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError) as told:
        timestamp.request(court)
    assert "operator-linkage[timestamps]" in told.value.hint


def test_what_cannot_be_read(court: Path, tsa: Authority, tmp_path: Path) -> None:
    asked, answer, none = tmp_path / "a.tsq", tmp_path / "a.tsr", tmp_path / "none"
    asked.write_bytes(timestamp.request(court))
    tsa.answer(asked, answer)
    (tmp_path / "empty.pem").write_text("")
    out = ("--out", str(tmp_path / "out.zip"))
    assert take_in(court, none, asked, tsa.roots, *out) == 2
    assert take_in(court, answer, none, tsa.roots, *out) == 2
    assert take_in(court, answer, answer, tsa.roots, *out) == 2
    assert take_in(court, answer, asked, none, *out) == 2
    assert take_in(court, answer, asked, tmp_path / "empty.pem", *out) == 2
    assert take_in(none, answer, asked, tsa.roots, *out) == 2
    assert take_in(asked, answer, asked, tsa.roots, *out) == 5
    assert run(["bundle", "timestamp", "request", str(court), "--out", str(none / "a.tsq")]) == 2


@given(st.binary(max_size=300))
def test_any_bytes_are_a_token_or_refused(content: bytes) -> None:
    with suppress(NotStrict):
        read_stamp(content)


def test_any_cut_of_a_token_is_refused(stamped: Path) -> None:
    token = unpacked(stamped)[STAMPS[0]]
    for end in range(0, len(token), 7):
        with pytest.raises(NotStrict):
            read_stamp(token[:end])
