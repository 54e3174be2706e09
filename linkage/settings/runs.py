"""Settings of what a run stores on its way, so that it can go on where it was stopped. No table depends on
them."""

from linkage.settings.section import Section, setting


class Runs(Section):
    """Where stages are stored, for how long, and how much of the disk they may take."""

    store: bool = setting(
        True,
        "whether the output of costly stages is stored until the run has succeeded; false: a run that is "
        "stopped starts over",
        source="stages hold the texts of prompts; whoever may not have these outside the case says false",
        changes="nothing",
    )
    fresh: bool = setting(
        False,
        "whether a run starts over, whatever one that was stopped has stored",
        source="the same input gives the same output, so there is no need to",
        changes="nothing",
    )
    keep: bool = setting(
        False,
        "whether stored stages stay after the run has succeeded, for runs with other settings",
        source="what is not needed any more should not lie about",
        changes="nothing",
    )
    folder: str = setting(
        "",
        "folder of what is stored; empty: `stages` in the user's cache folder",
        source="a folder on a larger disk, or on an encrypted one",
        changes="nothing",
    )
    keep_days: float = setting(
        7.0,
        "days after which the next run removes what no run has used since",
        source="a week: whoever does not go on with a stopped run by then will not",
        changes="nothing",
        ge=0,
    )
    max_gigabytes: float = setting(
        100.0,
        "size above which the least recently used is removed; a stage that alone is larger is not stored",
        source="a run stores some 3 kB for each row it reads: 30 million rows have room",
        changes="nothing",
        ge=0,
    )
