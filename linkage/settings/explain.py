"""What is said for and against a group."""

from linkage.settings.section import Section


class Explain(Section):
    """What is said for and against a group."""
