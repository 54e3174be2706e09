"""What firms' own applications send: one template for each, its slots filled by the firm's customers."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.lab.prompt_sources import Voice
from linkage.lab.sheets import Said
from linkage.lab.templates import Template, draw_template, plain_text, skip_wordings
from linkage.lab.text_columns import join, scatter, split_rows

APART = 4_096
"""So many applications in one chunk of the output draw their slots one after the other; more draw them
together, which takes a hundredth of the time where each has a row or two."""


@dataclass(frozen=True)
class _Application:
    """A template: texts before and after its slot, or a system prompt; whether slots are technical."""

    template: Template
    before: str
    after: str
    system: str | None
    technical: bool


@lru_cache(maxsize=1 << 16)
def _application(seed: int, number: int) -> _Application:
    # By the application's own seed: it says the same in every chunk of the output.
    author = np.random.default_rng([seed, 71, number])
    template, in_system, technical = draw_template(author), author.random() < 0.5, author.random() < 0.25
    said = plain_text(template)
    if in_system:
        return _Application(template, "", "", said, technical)
    if template.slot_first:
        return _Application(template, f"{template.label}: ", f"\n\n{said}", None, technical)
    return _Application(template, f"{said}\n\n{template.label}: ", "", None, technical)


def speak_applications(voice: Voice, seed: int, numbers: Ints, rng: np.random.Generator) -> Said:
    """Prompt and system prompt of a request of each application, by its number."""
    distinct, which = np.unique(numbers, return_inverse=True)
    applications = [_application(seed, number) for number in distinct.tolist()]
    slots = _slots(voice, applications, which, rng)
    order = pa.array(which)
    before, after, system = (
        pa.array([getattr(each, part) for each in applications], pa.string()).take(order)
        for part in ("before", "after", "system")
    )
    return join([before, slots, after], ""), system


def _slots(voice: Voice, applications: list[_Application], which: Ints, rng: np.random.Generator) -> pa.Array:
    technical = np.array([each.technical for each in applications]) & voice.built_in
    if len(applications) > APART:
        groups = [np.flatnonzero(technical[which]), np.flatnonzero(~technical[which])]
        return scatter(groups, [voice.tasks(len(groups[0]), rng), voice.tickets(len(groups[1]), rng)])
    groups, drawn = split_rows(which), []
    for application, group, skilled in zip(applications, groups, technical.tolist(), strict=True):
        skip_wordings(application.template, len(group), rng)
        drawn.append((voice.tasks if skilled else voice.tickets)(len(group), rng))
    return scatter(groups, drawn)
