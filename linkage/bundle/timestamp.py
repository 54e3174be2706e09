"""Independent time without a network: the request of a time stamp is written, and the answer taken in.

Only a digest leaves the house. What the answer says is checked here against certificates that the user
names, never against those that come along; the one module that imports `rfc3161_client`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509

from linkage.bundle import seal
from linkage.bundle.bag import add_to_bag
from linkage.bundle.checks.archive import Archive
from linkage.bundle.checks.bundle_files import Files
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
from linkage.bundle.checks.strict_json import NotStrict
from linkage.bundle.checks.timestamps import read_stamp, request_number, stamp_fault
from linkage.bundle.checks.unpacked_folder import Folder
from linkage.case.scratch import scratch_in
from linkage.case.writer import is_case
from linkage.distribution import install_command
from linkage.errors import IntegrityError, UsageError, command
from linkage.private_files import write_private

MOST = 1 << 20
"""Bytes of an answer; those of authorities have a few thousand."""


def library() -> Any:
    """The library that knows time stamps; raises UsageError where it is not installed."""
    try:
        import rfc3161_client
    except ImportError as error:
        raise UsageError(
            "time stamps need a package that is not installed", hint=install_command("timestamps")
        ) from error
    return rfc3161_client


def signature_of(bundle: Path) -> bytes:
    """The signature of a bundle, or of the seal of a case, which is what is stamped; raises IntegrityError
    where there is none."""
    if not is_case(bundle):
        return _read(bundle, SIGNATURE)
    if (page := seal.current(bundle)) is None:
        raise IntegrityError(
            f"{bundle}: is not sealed", hint=command("linkage", "bundle", "seal", bundle, "--key", "KEY")
        )
    return page.signature


def _read(bundle: Path, name: str) -> bytes:
    report = Report()
    try:
        files: Files = Folder(str(bundle), report) if bundle.is_dir() else Archive(str(bundle), report)
    except OSError as error:
        raise UsageError(f"{bundle}: cannot be read: {error.strerror}") from error
    try:
        if report.faults or name not in files.names():
            why = report.faults[0].what if report.faults else "has no signature"
            raise IntegrityError(f"{bundle}: {why}", hint=command("linkage", "bundle", "verify", bundle))
        return b"".join(files.chunks(name))
    finally:
        files.close()


def request(bundle: Path) -> bytes:
    """A request for a time stamp of a bundle's signature, with a number that the answer must repeat."""
    tool = library()
    builder = tool.TimestampRequestBuilder().data(signature_of(bundle))
    made: bytes = builder.hash_algorithm(tool.HashAlgorithm.SHA256).nonce(nonce=True).build().as_bytes()
    return made


def roots(path: Path) -> list[x509.Certificate]:
    """The certificates of authorities that a user trusts, from a PEM file; raises UsageError."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(
            f"{path}: holds no certificate", hint="a PEM file, from the authority itself"
        ) from error
    return found


BROKEN = "a time stamp: cut short, or none"
OUT_OF_ORDER = "a time stamp whose parts are not in the order of DER: ask for one without the chain"


def checker(trusted: list[x509.Certificate]) -> Callable[[bytes, bytes], tuple[str, str]]:
    """A function from a response and the message it stamps: who signed it, or why that does not count."""
    tool = library()

    def check(response: bytes, message: bytes) -> tuple[str, str]:
        try:
            answer = tool.decode_timestamp_response(response)
        except ValueError as error:
            return "", OUT_OF_ORDER if "InvalidSetOrdering" in str(error) else BROKEN
        if (leaf := _signer(answer)) is None:
            return "", "a time stamp that does not bring the certificate it is signed with"
        at = answer.tst_info.gen_time
        if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
            return "", NOT_VALID
        builder = tool.VerifierBuilder(roots=list(trusted))
        try:
            digest = hashlib.new(_algorithm(message, response), message).digest()
            builder.build().verify(answer, digest)
        except tool.VerificationError as error:
            return "", _why(str(error))
        return leaf.subject.rfc4514_string(), ""

    return check


def _algorithm(message: bytes, response: bytes) -> str:
    length = len(read_stamp(response).imprint)
    return {32: "sha256", 48: "sha384"}.get(length, "sha512")


def _signer(answer: Any) -> x509.Certificate | None:
    """The certificate that a token says it is signed with."""
    certificates = [x509.load_der_x509_certificate(each) for each in answer.signed_data.certificates]
    for signer in answer.signed_data.signer_infos:
        for each in certificates:
            if each.issuer == signer.issuer and each.serial_number == signer.serial_number:
                return each
    return None


UNNAMED = "a time stamp by an authority that nobody has named to you"
NOT_VALID = "a time stamp signed with a certificate that was not valid then"
NOT_FOR_TIME = "a time stamp signed with a certificate that is not for time stamps"
SAID = {
    "has expired": NOT_VALID,
    "not yet valid": NOT_VALID,
    "EKU": NOT_FOR_TIME,
    "purpose": NOT_FOR_TIME,
    "certificate verify error": UNNAMED,
}
"""What the library says of a token that fails, in our words; whatever else it says is of the signature."""


def _why(error: str) -> str:
    found = next((ours for theirs, ours in SAID.items() if theirs in error), "")
    return found or "a time stamp whose signature does not hold"


def taken_in(bundle: Path, response: Path, asked: Path, trusted: Path, out: Path) -> tuple[str, str]:
    """Put the answer to a request beside the signature it stamps; returns its time, and whose it is.

    That of a seal goes into the folder of the seal, and from there into every view; `out` is for a bundle.

    Raises IntegrityError where it is not the answer, or nobody trusted has signed it.
    """
    check, message = checker(roots(trusted)), signature_of(bundle)
    token = _file(response)
    try:
        stamp = read_stamp(token)
    except NotStrict as error:
        raise IntegrityError(f"{response}: a time stamp: {error}") from error
    why, *_ = stamp_fault(stamp, message)
    if not why and stamp.nonce != _nonce(_file(asked), asked):
        why = "a time stamp in answer to another request"
    who = ""
    if not why:
        who, why = check(token, message)
    if why:
        raise IntegrityError(f"{response}: {why}", hint="nothing was changed; ask for a new one")
    if is_case(bundle):
        _add_to_case(bundle, token)
    else:
        _add(bundle, token, out)
    return stamp.said, who


def _add_to_case(case: Path, token: bytes) -> None:
    free = [name for name in seal.STAMPS if not (case / seal.FOLDER / name).exists()]
    if not free:
        raise UsageError(f"{case}: its seal has {len(seal.STAMPS)} time stamps already")
    write_private(case / seal.FOLDER / free[0], token)


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST:
            raise UsageError(f"{path}: is too large for a time stamp")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _nonce(request: bytes, path: Path) -> int:
    try:
        return request_number(request)
    except (NotStrict, IndexError) as error:
        raise UsageError(
            f"{path}: is no request with a number", hint="the file that request wrote"
        ) from error


def _add(bundle: Path, token: bytes, out: Path) -> None:
    """The bundle with one file more."""
    report = Report()
    if bundle.is_dir():
        raise UsageError(f"{bundle}: is a folder", hint="give the archive")
    archive = Archive(str(bundle), report)
    try:
        free = [name for name in STAMPS if name not in archive.names()]
        if not free:
            raise UsageError(f"{bundle}: has {len(STAMPS)} time stamps already")
        with scratch_in(out.parent) as scratch:
            add_to_bag(archive, {free[0]: token}, out, scratch)
    finally:
        archive.close()
