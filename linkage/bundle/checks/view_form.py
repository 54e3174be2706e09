"""The form of `VIEW.json`: which fields there are, and what each of them is."""

from typing import Any

from linkage.bundle.checks.limits import SAFE_INTEGER


def view_faults(view: object) -> list[tuple[str, str, object]]:
    """Of each field that is not of its form: its name, what was expected and what was found."""
    if not isinstance(view, dict):
        return [("", "an object", view)]
    return [
        (name, says, view.get(name, "nothing"))
        for name, (says, fits) in FORM.items()
        if name not in view or not fits(view[name])
    ]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= SAFE_INTEGER


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_count, value.values()))


def _is_withheld(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(row, dict) and _is_count(row.get("units")) and _is_text(row.get("reason"))
        for row in value.values()
    )


def _is_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(row, dict) for row in value.values())


FORM = {
    **dict.fromkeys(
        ("case", "seal", "recipient", "purpose", "tlp", "view", "declared", "exported", "signer", "tool"),
        ("a text", _is_text),
    ),
    "groups": ("a list of different texts", _is_names),
    "unresolved": ("objects by group", _is_objects),
    "opened": ("numbers of units, by class", _is_counts),
    "withheld": ("units and reason, by class", _is_withheld),
    "override": ("a text", _is_text),
}
