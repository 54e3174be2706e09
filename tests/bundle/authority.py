"""A certificate authority and a time authority, made by openssl for the tests."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.programs import needed

CONFIG = """
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
email_in_dn = no
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[tsa]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[plain]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
[ts]
serial = tsserial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run openssl in a folder."""
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=check, env=dict(os.environ)
    )


@dataclass(frozen=True)
class Authority:
    """A root, and certificates below it: `good`, `expired`, `plain` (not for time stamps); `alone` is
    below nobody."""

    folder: Path

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, request: Path, out: Path, signer: str = "good", *, chain: bool = False) -> Path:
        """The answer to a request."""
        given = ["-queryfile", str(request), "-signer", f"{signer}.pem", "-inkey", f"{signer}.key"]
        given += ["-chain", "root.pem"] if chain else []
        openssl(self.folder, "ts", "-reply", "-config", "ca.cnf", "-section", "ts", *given, "-out", str(out))
        return out

    def stamped(
        self, message: Path, out: Path, *options: str, signer: str = "good", chain: bool = False
    ) -> Path:
        """A time stamp of a file, whatever it is; `options` are those of a query."""
        query = out.with_suffix(".query")
        openssl(self.folder, "ts", "-query", "-data", str(message), "-cert", *options, "-out", str(query))
        return self.answer(query, out, signer, chain=chain)


def authority(folder: Path) -> Authority:
    """Make one."""
    needed("openssl")
    folder.mkdir(parents=True)
    (folder / "ca.cnf").write_text(CONFIG)
    (folder / "plain.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
    (folder / "index.txt").write_text("")
    (folder / "tsserial").write_text("01\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    root = ["-x509", *key, "-days", "3650", "-subj", "/CN=Test Root", "-keyout", "root.key"]
    openssl(folder, "req", *root, "-out", "root.pem")
    for name, section, dates in (
        ("good", "tsa", ("20200101000000Z", "20490101000000Z")),
        ("expired", "tsa", ("20200101000000Z", "20210101000000Z")),
        ("plain", "plain", ("20200101000000Z", "20490101000000Z")),
    ):
        asked = ["-subj", f"/CN=Test {name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"]
        openssl(folder, "req", "-new", *key, *asked)
        sign = ["-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-extensions", section]
        given = ["-startdate", dates[0], "-enddate", dates[1], "-in", f"{name}.csr", "-out", f"{name}.pem"]
        openssl(folder, "ca", "-batch", "-notext", *sign, *given)
    alone = ["-x509", *key, "-days", "3650", "-subj", "/CN=Test alone", "-keyout", "alone.key"]
    for extension in CONFIG.partition("[tsa]\n")[2].partition("[")[0].splitlines():
        alone += ["-addext", extension]
    openssl(folder, "req", *alone, "-config", "plain.cnf", "-out", "alone.pem")
    return Authority(folder)


def short_lived(made: Authority, seconds: int) -> str:
    """A certificate below the root that is valid for so many seconds more; returns its name."""
    now = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 60))
    end = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    asked = ["-subj", "/CN=Test short", "-keyout", "short.key", "-out", "short.csr"]
    openssl(made.folder, "req", "-new", *key, *asked)
    sign = ["-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-extensions", "tsa"]
    given = ["-startdate", now, "-enddate", end, "-in", "short.csr", "-out", "short.pem"]
    openssl(made.folder, "ca", "-batch", "-notext", *sign, *given)
    return "short"
