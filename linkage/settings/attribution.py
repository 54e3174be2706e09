"""Whose a group may be, and what it took."""

from linkage.settings.section import Section


class Attribution(Section):
    """Whose a group may be, and what it took."""
