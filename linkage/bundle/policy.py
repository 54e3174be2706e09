"""Views: which units a recipient sees, as a TOML file says."""

import fnmatch
import hashlib
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from linkage import settings
from linkage.bundle.checks.derived import NAMES
from linkage.bundle.group_names import hidden
from linkage.bundle.units import slug
from linkage.errors import UsageError

READY = ("internal", "court", "partner", "public")
FOLDER = Path(__file__).parent / "views"
TLP = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
FIELDS = {
    "name": str,
    "purpose": str,
    "tlp": str,
    "open": list,
    "withhold": list,
    "min_k": int,
    "names": bool,
    "stix": bool,
    "reasons": dict,
}
OF_SETTINGS = ("run.outputs", "run.settings-digest", "run.sha256")
"""Digests of what settings are, or decide: opened only where every setting is."""

EVERY_SETTING = {"setting.*", "*"}
"""Patterns that open every class of settings."""

OF_MEMBERS = ("group.in-case", "run.renamed")
"""Digests of who the members of a group are: opened only where accounts are named."""

GUESSED = "a digest by which a guess at what is withheld could be checked"

_AGAINST = "what speaks against a group is never withheld"
_UNRESOLVED = "that a group is unresolved, and why, is never withheld"
ALWAYS = {
    "against.said": _AGAINST,
    "against.count": _AGAINST,
    "group.decided": "what a person decided about a group is never withheld",
    "group.units": "how many units of a group were sealed is never withheld",
    "group.outcome": _UNRESOLVED,
    "group.reason": _UNRESOLVED,
    "group.settles": _UNRESOLVED,
    "validation.rates": "how often such groups are wrong is never withheld",
}
"""Classes of units that every view opens, and why. Without the last three an unresolved group could be taken
for a finding."""


@dataclass(frozen=True)
class Policy:
    """What a view opens: classes of units by patterns, the later ones taking away from the earlier."""

    name: str
    purpose: str
    tlp: str
    open: tuple[str, ...]
    withhold: tuple[str, ...] = ()
    min_k: int = 10
    names: bool = False
    stix: bool = False
    reasons: tuple[tuple[str, str], ...] = ()
    paths: tuple[tuple[str, str], ...] = ()
    known: dict[str, bool] = field(init=False, default_factory=dict, compare=False, repr=False)

    def opens(self, kind: str) -> bool:
        """Whether units of a class are opened."""
        if kind not in self.known:
            opens = self._allows(kind) and (kind in ALWAYS or _any(kind, self.open))
            self.known[kind] = opens and not _any(kind, self.withhold)
        return self.known[kind]

    def _allows(self, kind: str) -> bool:
        """Whether what else is withheld leaves room for a class: digests of it would let it be guessed."""
        if kind in OF_MEMBERS or kind == NAMES:
            return self.names
        return kind not in OF_SETTINGS or not self.hides_settings

    @property
    def hides_settings(self) -> bool:
        """Whether any setting is withheld, as a class or by its path."""
        if not self._opens_all_settings():
            return True
        return any(_may_match(pattern, "setting/") for pattern, _ in self.paths)

    def _opens_all_settings(self) -> bool:
        """Whether every class of settings is opened. Which classes there are is asked only where no pattern
        opens all of them at once: all models of settings are loaded for that."""
        if EVERY_SETTING & set(self.open) and not any(_may_match(each, "setting.") for each in self.withhold):
            return True
        classes = [f"setting.{slug(name)}" for name in ("run", *settings.Settings.model_fields)]
        return all(_any(each, self.open) and not _any(each, self.withhold) for each in classes)

    def in_bundle(self, alias: Callable[[str], str]) -> "Policy":
        """The same with groups by the names that they have in the paths of bundles."""
        return replace(self, paths=tuple((hidden(pattern, alias), why) for pattern, why in self.paths))

    def closed(self, path: str) -> str:
        """Why one path is withheld though its class is open; empty where it is not."""
        return next((why for pattern, why in self.paths if fnmatch.fnmatchcase(path, pattern)), "")

    def reason(self, kind: str) -> str:
        """Why units of a class are withheld."""
        if kind == NAMES and not self.names:
            return "this view names no accounts"
        if not self._allows(kind) and _any(kind, self.open) and not _any(kind, self.withhold):
            return GUESSED
        return next((why for pattern, why in self.reasons if fnmatch.fnmatchcase(kind, pattern)), "withheld")

    def without(self, patterns: tuple[str, ...], why: str) -> "Policy":
        """The same with more withheld: paths, or whole classes."""
        return replace(self, paths=(*self.paths, *((each, why) for each in patterns)))

    def digest(self) -> str:
        """SHA-256 of everything that decides what is opened."""
        said = [
            self.name,
            self.purpose,
            self.tlp,
            self.open,
            self.withhold,
            self.min_k,
            self.names,
            self.stix,
            self.paths,
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def as_row(self) -> dict[str, Any]:
        """The policy as the view records it."""
        return {
            "open": list(self.open),
            "withhold": list(self.withhold),
            "paths": [list(each) for each in self.paths],
            "min_k": self.min_k,
            "names": self.names,
            "stix": self.stix,
            "sha256": self.digest(),
        }


def _may_match(pattern: str, start: str) -> bool:
    """Whether a pattern may match a path that begins so."""
    literal = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    return literal.startswith(start) or start.startswith(literal)


def _any(kind: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(kind, each) for each in patterns)


def read_policy(name: str) -> Policy:
    """A ready view by its name, or one from a TOML file; raises UsageError naming file and field."""
    path = FOLDER / f"{name}.toml" if name in READY else Path(name)
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        hint = f"one of {', '.join(READY)}, or a TOML file"
        raise UsageError(f"{name}: no such view: {error.strerror}", hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    return _policy(given, str(path))


def _policy(given: dict[str, Any], path: str) -> Policy:
    for name, value in given.items():
        if name not in FIELDS:
            raise UsageError(f"{path}: {name}: no such field", hint=f"one of {', '.join(FIELDS)}")
        if type(value) is not FIELDS[name]:
            raise UsageError(f"{path}: {name}: is no {FIELDS[name].__name__}")
    if missing := [name for name in ("name", "purpose", "tlp", "open", "min_k") if name not in given]:
        raise UsageError(f"{path}: {missing[0]}: is missing")
    if given["tlp"] not in TLP:
        raise UsageError(f"{path}: tlp: no such label", hint=f"one of {', '.join(TLP)}")
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,30}", given["name"]):
        raise UsageError(f"{path}: name: lower-case letters, digits and hyphens only")
    patterns = {name: tuple(map(str, given.get(name, ()))) for name in ("open", "withhold")}
    reasons = tuple((str(name), str(why)) for name, why in given.get("reasons", {}).items())
    return Policy(
        given["name"],
        given["purpose"],
        given["tlp"],
        patterns["open"],
        patterns["withhold"],
        min_k=given["min_k"],
        names=given.get("names", False),
        stix=given.get("stix", False),
        reasons=reasons,
    )
