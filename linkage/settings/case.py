"""What the receipt of a case adds to its tables."""

from linkage.settings.section import Section, setting


class CaseTables(Section):
    """What the receipt of a case adds to its tables."""

    low_workload: float = setting(
        0.5,
        "share of their prompts in templates of the group below which that is listed as evidence against",
        source="a judgement: most of what these accounts ask then has nothing to do with the group",
        changes="the evidence against each group in the receipt (`against`), `show` and the reports",
        ge=0,
        le=1,
    )
