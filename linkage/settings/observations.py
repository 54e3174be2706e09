"""From rows to facts about accounts."""

from linkage.settings.section import Section


class Observations(Section):
    """From rows to facts about accounts."""
