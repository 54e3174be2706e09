"""bundle create: a case sealed, and a bundle for one recipient."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import create as bundles
from linkage.bundle import signing
from linkage.bundle.policy import read_policy
from linkage.bundle.validation import read_validation
from linkage.case import Case, audit, user
from linkage.cli.files import passphrase
from linkage.cli.screen.layout import FAINT, heading, indented, line, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.errors import UsageError, command
from linkage.share.export import in_view


def create(
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
    """Write one bundle."""
    wanted = wanted_bundle(groups, read_policy(view), keys, recipient, out, more, who)
    write_bundle(case, wanted, "bundle create", output, who)


def wanted_bundle(
    groups: Sequence[str],
    policy: Any,
    keys: Mapping[str, Path | None],
    recipient: str,
    out: Path,
    more: Mapping[str, Any],
    who: str,
) -> bundles.Wanted:
    """What the options of a command ask for; raises UsageError."""
    secret = passphrase(keys["passphrase_file"])
    key, seal_key = (
        signing.load_key(path, secret) if path else None for path in (keys["key"], keys["seal_key"])
    )
    if key is None:
        raise UsageError("a bundle needs a signing key", hint="--key KEY; to make one: linkage keys new KEY")
    if not recipient.strip():
        raise UsageError("a bundle needs a recipient", hint="--recipient NAME")
    validation = read_validation(more["validation"]) if more["validation"] else None
    return bundles.Wanted(
        groups=list(dict.fromkeys(groups)),
        policy=policy,
        key=key,
        recipient=recipient,
        out=out,
        seal_key=seal_key,
        override=more["override"],
        validation=validation,
        reseal=bool(more.get("reseal")),
        pdf=bool(more.get("pdf")),
        stix=in_view,
        who=who,
    )


def write_bundle(path: Path, wanted: bundles.Wanted, action: str, output: Format, who: str) -> None:
    """Write the bundle, record that in the audit file, and print what it shows."""
    case = Case(path)
    made = bundles.create(case, wanted)
    detail = {
        "recipient": wanted.recipient,
        "view": wanted.policy.name,
        "groups": list(wanted.groups),
        "sha256": made.sha256,
        "override": wanted.override,
    }
    audit(case.path, action, detail, who=who or user())
    bundles.sign_audit(case.path, wanted.key)
    if output is not Format.table:
        emit(output, [_row(made, wanted)], reidentification=vars(made.risk))
        return
    show(*_page(made, wanted))
    if made.newly_sealed:
        say(f"the case is sealed; keep {path}/seal safe: nothing else can open what is sealed")
    say(f"next: {command('linkage', 'bundle', 'verify', wanted.out, '--signers', 'FILE', '--recompute')}")


def _row(made: bundles.Made, wanted: bundles.Wanted) -> dict[str, Any]:
    return {
        "file": str(wanted.out),
        "sha256": made.sha256,
        "seal": made.seal,
        "opened": sum(made.opened.values()),
        "withheld": sum(count for count, _ in made.withheld.values()),
        "commitments": made.commitments,
        "names": dict(made.names),
    }


def _page(made: bundles.Made, wanted: bundles.Wanted) -> list[Any]:
    opened = [(kind, f"{count:,}", "shown", "") for kind, count in sorted(made.opened.items())]
    withheld = [(kind, f"{count:,}", "withheld", why) for kind, (count, why) in sorted(made.withheld.items())]
    return [
        line((str(wanted.out), "bold"), f"  view {wanted.policy.name} for {wanted.recipient}"),
        indented(line(("sha256 ", FAINT), made.sha256)),
        indented(line(("seal   ", FAINT), made.seal)),
        *(
            indented(line(("group  ", FAINT), f"{group}, in bundles {name}"))
            for group, name in made.names.items()
        ),
        heading("Units"),
        indented(rows(("class", "units", "", "reason*"), [*opened, *withheld], right="units")),
        heading("Re-identification risk"),
        indented(text(_risk(made, wanted))),
    ]


def _risk(made: bundles.Made, wanted: bundles.Wanted) -> str:
    risk = made.risk
    anonymity = f"k-anonymity {risk.k:,}, at least {wanted.policy.min_k:,} required"
    return (
        f"{many(risk.accounts, 'account')}, smallest group {risk.smallest_group:,}; "
        f"{'the view shows account ids' if wanted.policy.names else anonymity}"
    )
