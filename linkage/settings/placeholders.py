"""When a text stands for a prompt that is withheld."""

from linkage.settings.section import Section, setting

WITHHELD = "which prompts count as withheld, and with that links and groups"


class Placeholders(Section):
    """Which texts a log writes in the place of prompts that it does not hand out."""

    characters: int = setting(
        40,
        "characters up to which a text can be one by its form",
        source="`[content removed for privacy reasons]` has 37",
        changes=WITHHELD,
        ge=0,
    )
    words: tuple[str, ...] = setting(
        (
            *("redacted", "withheld", "removed", "hidden", "masked", "omitted", "filtered", "scrubbed"),
            *("anonymized", "anonymised", "content removed", "not available", "not logged", "n/a"),
            *("null", "none", "nil", "nan", "undefined", "object object", "no content", "empty"),
        ),
        "words that, with nothing beside them but signs, are a placeholder",
        source="what log shippers and redaction tools write; a text without a letter or digit is one too",
        changes=WITHHELD,
    )
    leading_words: tuple[str, ...] = setting(
        ("redacted", "withheld", "anonymized", "anonymised", "scrubbed", "content removed"),
        "words with which a short placeholder begins",
        source="a length or a reason often follows, as in `[REDACTED: 512 characters]`",
        changes=WITHHELD,
    )
    common_characters: int = setting(
        400,
        "characters up to which a text can be one by its use",
        source="a notice of a policy, with its address, is two or three sentences",
        changes=WITHHELD,
        ge=0,
    )
    most_rows: float = setting(
        0.5,
        "share of the rows with a text above which the few texts that they have are placeholders",
        source="more than half is most; no people, and no tool that they use, ask a few things so often",
        changes=WITHHELD,
        ge=0,
        lt=1,
    )
    each_rows: float = setting(
        0.1,
        "share of the rows with a text that each of these few must be on",
        source="a log has a placeholder for each of a few reasons; what people ask alike is rarer",
        changes=WITHHELD,
        ge=0,
        lt=1,
    )
    most_accounts: float = setting(
        0.5,
        "share of all accounts of the table that must have sent each of them, too",
        source="what one account or one operator sends all the time is a habit of theirs",
        changes=WITHHELD,
        ge=0,
        lt=1,
    )
    min_accounts: int = setting(
        10,
        "accounts of a table from which its commonest text can be one",
        source="of fewer, most may be one team",
        changes=WITHHELD,
        ge=1,
    )
