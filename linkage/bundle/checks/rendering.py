"""Every file of a view that follows from other files of it: rendered by whoever makes the view, and again by
whoever checks it."""

import json
import shlex
from typing import Any

from linkage.bundle.checks.case_uco import case_jsonld
from linkage.bundle.checks.decided import NOT_BY_DATA, decided_notice
from linkage.bundle.checks.error_page import error_page
from linkage.bundle.checks.likelihood import NO_DATA, REASON, SCALE, STEP, bounds_of, log10_of
from linkage.bundle.checks.sshsig import SEAL_ROLE, VIEW_ROLE, public_line
from linkage.bundle.checks.strict_json import json_bytes
from linkage.bundle.checks.wording import (
    CERTIFICATION_TEXT,
    METHOD_TEXT,
    READ_FIRST_TEXT,
    RULES,
    SHOWS_NOTHING,
)

Units = dict[str, Any]
View = dict[str, Any]

VALIDATION_UNIT = "validation/rates"


def rendered(view: View, seal: dict[str, str], units: Units, keys: tuple[bytes, bytes]) -> dict[str, bytes]:
    """The files below `data/` and beside it, by name.

    `units` are the opened units by path; `keys` the public keys (32 bytes) that signed view and seal.
    """
    # As a reader of the bundle finds them, in order: whoever makes a view holds them as the case does.
    view, units = json.loads(json_bytes(view)), json.loads(json_bytes(units))
    claims = [value for path, value in sorted(units.items()) if path.startswith("claim/")]
    outputs = _outputs(units)
    files = {
        "README-FIRST.txt": read_first(view, seal),
        "VIEW.json": json_bytes(view),
        "claims.jsonl": b"".join(json_bytes(each) for each in claims),
        "counter-evidence.jsonl": b"".join(
            json_bytes({"unit": path, "says": said}) for path, said in against(units).items()
        ),
        "case.jsonld": case_jsonld(view, seal, units, against(units)),
        "methodology/method.md": method(units),
        "methodology/errors.md": error_page(units, sorted(map(str, view["groups"]))).encode("ascii"),
        "methodology/params.json": json_bytes(below(units, "setting/")),
        "methodology/validation.json": json_bytes(units.get(VALIDATION_UNIT)),
        "reproduce/run.json": json_bytes(below(units, "run/")),
        "reproduce/requirements.lock": _versions(units),
        "reproduce/expected-outputs.sha256": "".join(f"{each}\n" for each in outputs).encode("ascii"),
        "certifications/902-13.template.txt": certification("902(13)", view, outputs),
        "certifications/902-14.template.txt": certification("902(14)", view, outputs),
        "keys/allowed_signers": allowed_signers(str(view["signer"]), seal["custodian"], keys),
    }
    return {f"data/{name}": content for name, content in files.items()}


def view_labels(view: View, seal: dict[str, str]) -> dict[str, str]:
    """The labels of the bag, but for the number of its bytes."""
    return {
        "Bag-Software-Agent": str(view["tool"]),
        "Bagging-Date": str(view["exported"])[:10],
        "Evidence-View": str(view["view"]),
        "External-Identifier": seal["case"],
    }


def below(units: Units, prefix: str) -> Units:
    """The units whose path begins so, by the rest of it."""
    return {path[len(prefix) :]: value for path, value in sorted(units.items()) if path.startswith(prefix)}


def against(units: Units) -> Units:
    """Every point against a group once, by its path: in full where the view opens that, else without the
    values it names."""
    said = [path for path in units if path.startswith("against/") and not path.endswith("/count")]
    points = {path.rpartition("/")[0]: path for path in sorted(said)}
    best = [f"{point}/in-full" if f"{point}/in-full" in units else path for point, path in points.items()]
    return {path: units[path] for path in sorted(best)}


def _outputs(units: Units) -> list[str]:
    """A line for each table of the run, as sha256sum has it."""
    outputs = units.get("run/outputs")
    rows = outputs if isinstance(outputs, dict) else {}
    return [f"{_ascii(str(row['sha256']))}  {_ascii(name)}" for name, row in sorted(rows.items())]


def _versions(units: Units) -> bytes:
    """What the run stood on: one package a line, as a requirements file has it."""
    versions = units.get("run/versions")
    rows = versions if isinstance(versions, dict) else {}
    return "".join(f"{_ascii(name)}=={_ascii(str(each))}\n" for name, each in sorted(rows.items())).encode(
        "ascii"
    )


def _filled(text: str, **given: object) -> bytes:
    """A text with its names filled in; they may hold anything: what is not printable ASCII is shown as its
    number."""
    return text.format(**{key: _printable(str(value)) for key, value in given.items()}).encode("ascii")


def _printable(text: str) -> str:
    return "".join(each if each == "\n" or " " <= each <= "~" else ascii(each)[1:-1] for each in text)


def _ascii(text: str) -> str:
    """A text that stays on its line."""
    return _printable(text.replace("\n", "\\n"))


def read_first(view: View, seal: dict[str, str]) -> bytes:
    """What it shows, what it cannot show, and the commands to check it."""
    named = ("case", "view", "tlp", "recipient", "purpose", "declared", "exported")
    signer, custodian = str(view["signer"]), seal["custodian"]
    principals = [_ascii(each.rpartition(" ")[0]) for each in (signer, custodian)]
    return _filled(
        READ_FIRST_TEXT,
        **{name: _ascii(str(view[name])) for name in named},
        sealing=seal["sealing"],
        shown=_shown_groups(view),
        notice=notice(view),
        shows_nothing=SHOWS_NOTHING,
        principal=principals[0],
        custodian=principals[1],
        asked_principal=shlex.quote(principals[0]),
        asked_custodian=shlex.quote(principals[1]),
        same=", the same key" if signer == custodian else ", another key",
    )


def _shown_groups(view: View) -> str:
    undecided, opened = len(view["unresolved"]), sum(view["opened"].values())
    by_hand = sum(str(said[0]).startswith(NOT_BY_DATA) for said in view["decided"].values())
    found, said = len(view["groups"]) - undecided - by_hand, []
    if found:
        said.append(f"{found} group(s) of accounts that the provider takes to be run by one operator each")
    if by_hand:
        said.append(
            f"{by_hand} group(s) of accounts that a person took to be run by one operator each, which on this"
            "\ndata alone would not be reported"
        )
    if undecided:
        said.append(
            f"{undecided} group(s) of accounts for which one operator and an innocent explanation account"
            "\nabout equally well: the provider has not decided which, and accuses nobody in them"
        )
    return ";\n".join(said) + f".\n{opened} units of evidence are opened."


def notice(view: View) -> str:
    """What the first page says of the groups of a view that are unresolved, or on which a person has decided,
    each with an empty line after it; nothing where there are none."""
    parts = []
    for group, row in view["unresolved"].items():
        parts.append(
            [
                f"NO FINDING: group {group} is unresolved. Nobody in it is accused.",
                f"  Competing: {row['reason']}.",
                f"  Bits for one operator over the best innocent explanation: {row['favours']}; too few.",
                f"  What would settle it: {row['settles']}",
                f"  Why it was handed out nonetheless: {view['override']}",
            ]
        )
    for group, said in view["decided"].items():
        parts.append([decided_notice(group), *(f"  {each}" for each in said)])
    return "".join("".join(f"{_ascii(each)}\n" for each in [*lines, ""]) for lines in parts)


def method(units: Units) -> bytes:
    """How the numbers were made, from the settings in force that the view opens."""
    signals = [value for path, value in sorted(units.items()) if path.startswith("signal/")]
    settings = below(units, "setting/")
    return _filled(
        METHOD_TEXT,
        scale="\n".join(f"| {' | '.join(row)} |" for row in scale_rows()),
        reason=REASON,
        range=range_says(units.get(VALIDATION_UNIT)),
        signals="\n".join(_ascii(f"- {name} ({family}): {said}") for name, family, said in signals)
        or "Withheld in this view.",
        settings="\n".join(_ascii(f"- {name}: {_setting(value)}") for name, value in sorted(settings.items()))
        or "Withheld in this view.",
    )


def _setting(value: Any) -> str:
    """A setting as it is written in `params.json`, a text as it is."""
    return value if isinstance(value, str) else json_bytes(value).decode("ascii").rstrip("\n")


def scale_rows() -> list[tuple[str, ...]]:
    """The table of words: bits, log10 and ratio below which each stands, and the word."""
    rows = [
        (f"{bound:.3f}", f"{log10_of(bound):.3f}", f"{round(2**bound):,}", word) for bound, word in SCALE[:-1]
    ]
    return [*rows, ("above", "above", "above", SCALE[-1][1])]


def range_says(validation: Any) -> str:
    """Which numbers the validation data of a case support."""
    bounds = bounds_of(validation)
    if bounds is None:
        return f"In this case: {NO_DATA}."
    low, high = (each / STEP for each in bounds)
    return (
        f"In this case validation data support numbers from {low:.1f} to {high:.1f} bits"
        f" (log10 {log10_of(low):.2f} to {log10_of(high):.2f});"
        " what is beyond is put into words as the end of that range."
    )


def certification(rule: str, view: View, outputs: list[str]) -> bytes:
    """A template for a certificate under the Federal Rules of Evidence, filled with what is known."""
    listed = "\n".join(f"   {each}" for each in outputs) or "   ____________________"
    said = {name: _ascii(str(view[name])) for name in ("case", "view", "seal", "declared")}
    return _filled(CERTIFICATION_TEXT, rule=rule, what=RULES[rule], outputs=listed, **said)


def allowed_signers(signer: str, custodian: str, keys: tuple[bytes, bytes]) -> bytes:
    """Lines of `ssh-keygen`: the key of the view, and that of the seal where it is another."""
    view, seal = (signer.rpartition(" ")[0], keys[0]), (custodian.rpartition(" ")[0], keys[1])
    if view == seal:
        return _signer_line(*view, f"{VIEW_ROLE},{SEAL_ROLE}").encode("ascii")
    return (_signer_line(*view, VIEW_ROLE) + _signer_line(*seal, SEAL_ROLE)).encode("ascii")


def _signer_line(principal: str, public: bytes, roles: str) -> str:
    return f'{_ascii(principal)} namespaces="{roles}" {public_line(public)}\n'
