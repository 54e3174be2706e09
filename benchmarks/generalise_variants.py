"""What `generalise.py` varies: the program without one rule, or with one setting moved."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from linkage.groups.belonging import drop_hangers_on
from linkage.groups.member_families import rests_on_enough
from linkage.links.comparison import Measures
from linkage.settings import Settings

Patch = tuple[str, Callable[..., Any]]


@dataclass(frozen=True)
class Variant:
    """Settings under a name; `patches` are functions by their full name and what stands in for them."""

    name: str
    settings: Settings
    patches: tuple[Patch, ...] = ()


def _changed(path: str, value: Any) -> Settings:
    """The settings with one of them, by its dotted name, set to a value."""

    def within(owner: Any, names: list[str]) -> Any:
        first, *rest = names
        new = within(getattr(owner, first), rest) if rest else value
        return owner.model_copy(update={first: new})

    changed: Settings = within(Settings(), path.split("."))
    return changed


def _without(name: str, path: str, value: Any) -> Variant:
    return Variant(f"without {name}", _changed(path, value))


def _without_feature(name: str) -> Variant:
    table = {k: v for k, v in Settings().groups.stories.likelihoods.items() if k != name}
    return _without(f"the feature {name}", "groups.stories.likelihoods", table)


def _nobody(whole: Any, *_: Any) -> Any:
    return np.full(len(whole.membership), -1, dtype=np.int64)


def _by_links_alone(*given: Any, by: Measures, **more: Any) -> Any:
    return drop_hangers_on(*given, by=Measures(by.link), **more)


def _no_community(*_: Any) -> frozenset[int]:
    return frozenset()


def _everybody(_assessor: Any, group: Any) -> Any:
    return np.ones(len(group.members), dtype=bool)


def _as_they_are(parts: Any, *_: Any, **__: Any) -> Any:
    return parts


def _nothing(_assessor: Any, _group: Any) -> Any:
    return {}


def _none_said(_marks: Any, accounts: int) -> Any:
    return np.zeros(accounts)


def _unchanged(_grouping: Any, labels: Any, *_: Any) -> Any:
    return labels


def _whole_units(units: Any, _name: Any) -> Any:
    return units.unit


def _its_own(_crowds: Any, mark: Any) -> Any:
    return mark.p_value


RULES = {
    "weights": _without("powers of link weights", "groups.communities.weight_power", 1.0),
    "splits": Variant(
        "without splits inside communities",
        Settings(),
        (("linkage.groups.grouping.split_communities", _as_they_are),),
    ),
    "asked alike": _without("joining parts that ask alike", "groups.splitting.min_content_bits", 1e9),
    "even parts": Variant(
        "without joining parts that are one",
        Settings(),
        (("linkage.groups.splitting.join_even_parts", _as_they_are),),
    ),
    "divided again": _without(
        "leaving whole what was just found to be one", "groups.splitting.same_share", 1.0
    ),
    "asks as members": Variant(
        "without keeping who hangs on and asks as members do",
        Settings(),
        (("linkage.groups.grouping.drop_hangers_on", _by_links_alone),),
    ),
    "nearly all": Variant(
        "without telling by what a community was chosen that is nearly all who ask alike",
        Settings(),
        (("linkage.groups.enriched_partition.nearly_all", _no_community),),
    ),
    "belonging": _without("leaving out hangers-on", "groups.communities.min_belonging", 0.0),
    "bound": _without("more leeway for who is bound", "groups.communities.bound_share", 1.01),
    "split anew": Variant(
        "without splitting anew what has lost accounts",
        Settings(),
        (("linkage.groups.grouping.Grouping._split_anew", _unchanged),),
    ),
    "planted": Variant(
        "with registration no weightier than what can be planted",
        Settings(),
        (("linkage.groups.member_families.unplanted", _none_said),),
    ),
    "broad from two": _without(
        "breadth of work from two prompts on", "groups.workload.min_breadth_prompts", 5
    ),
    "work": _without("splitting by work", "groups.workload.max_rounds", 0),
    "closer look": Variant(
        "without the smallest operator's prior", Settings(), (("linkage.groups.stage.worth_a_look", _nobody),)
    ),
    "two families each": Variant(
        "without two families for each account",
        Settings(),
        ((f"linkage.groups.stage.{rests_on_enough.__name__}", _everybody),),
    ),
    "marks against": Variant(
        "without what marks say against an account",
        Settings(),
        (("linkage.groups.member_families.bits_of_marks", _nothing),),
    ),
    "names of a domain": Variant(
        "with a domain as one whatever the names",
        Settings(),
        (("linkage.groups.customers.by_name", _whole_units),),
    ),
    "families": _without("two families for a group", "groups.min_families", 1),
    "dealt values": _without("values dealt in few kinds", "groups.tests.dealt_share", 1.0),
    "crowds": Variant(
        "without holding a community to the crowd it is cut from",
        Settings(),
        (("linkage.groups.crowds.Crowds.p_value", _its_own),),
    ),
    "once": _without("showing that it is the main work", "groups.workload.main_standard_errors", 0.0),
    "stability": _without("the gate of stability", "groups.fringe", 0.0),
    "chance": _without("the gate of chance", "groups.max_q", 1.0),
    "lead": _without("the lead of one operator", "groups.stories.margin_bits", -1e9),
    **{f"feature {name}": _without_feature(name) for name in Settings().groups.stories.likelihoods},
}
"""The program without one of its rules, gates or features."""

SETTINGS = (
    "evidence.min_propose_bits",
    "evidence.min_pair_bits",
    "links.operator_accounts",
    "links.strong_bits",
    "groups.communities.weight_power",
    "groups.communities.min_belonging",
    "groups.communities.belonging_spread",
    "groups.splitting.max_content_gap",
    "groups.splitting.max_link_gap",
    "groups.stories.margin_bits",
)
"""The ten settings on which most depends."""


def scaled(path: str, factor: float) -> Variant:
    """One setting, by its dotted name, times a factor."""
    value = reduce(getattr, path.split("."), Settings())
    moved = round(value * factor) if isinstance(value, int) else value * factor
    return Variant(f"{path} × {factor:g}", _changed(path, moved))
