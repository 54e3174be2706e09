"""What the tables of the case hold."""

from linkage.settings.section import Section


class CaseTables(Section):
    """What the tables of the case hold."""
