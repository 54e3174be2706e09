"""bundle redact: a bundle of a sealed case that shows less."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import create as bundles
from linkage.bundle.policy import read_policy
from linkage.cli.bundle.create import wanted_bundle, write_bundle
from linkage.cli.screen.output import Format


def redact(
    *,
    case: Path,
    groups: Sequence[str],
    view: str,
    keys: Mapping[str, Path | None],
    recipient: str,
    out: Path,
    more: Mapping[str, Any],
    output: Format,
    who: str,
) -> None:
    """Write one bundle that leaves out what `more` withholds."""
    wanted = wanted_bundle(groups, read_policy(view), keys, recipient, out, more, who)
    wanted = bundles.redacted(wanted, more["withhold"], more["reason"])
    write_bundle(case, wanted, "bundle redact", output, who)
