"""Why a row or a cell was not used: one name per cause, the same in every format.

A row has one reason, the first found: its shape, then the columns that its table must have, in the order of
the contract. In any other column the reason costs the cell alone.
"""

NO_ACCOUNT = "no account"
"""The row does not say whom it is about."""
NO_TIME = "no time"
"""The table needs a time and the row has none."""
NO_TRAIT = "no trait"
"""An observation, indicator or benign value of nothing."""
NO_VALUE = "no value"
"""A trait without its value; an unpivoted source row with no usable cell is *filtered* under this name."""
NO_OPERATOR = "no operator"
"""An indicator of nobody."""

CUT_SHORT = "line cut short"
"""The file's last line has no end and cannot be read: it was still being written, or copied in part."""
TOO_LONG = "line too long"
"""Longer than `ingest.max_line_bytes`; it is streamed past and never held."""
VALUE_TOO_LONG = "value too long"
"""A single value longer than `ingest.max_line_bytes`, from a format that has no lines."""
NOT_UTF8 = "invalid UTF-8"
"""Bytes that are no text."""
NUL = "NUL character"
"""A value with U+0000 in it, which cuts texts short in too many places downstream."""
LONE_SURROGATE = "lone surrogate"
"""Half of a character, written as an escape: no database and no digest can hold it."""

NOT_JSON = "not JSON"
"""The line is no JSON value."""
NOT_AN_OBJECT = "not an object"
"""JSON, but no names for its values."""
DUPLICATE_KEY = "duplicate key"
"""One name twice in an object: readers disagree about which counts, so neither does."""
TOO_DEEP = "nested too deep"
"""Lists or objects inside one another beyond any honest log."""

NOT_ACCESS_LOG = "not a line of an access log"
"""A line without address, time and request in the common log format."""

CELLS = "wrong number of cells"
"""A CSV record with more or fewer cells than the header."""
QUOTES = "broken quotes"
"""A CSV record whose quotes do not close, or close in the middle of a cell. Each of its lines is counted."""
RETURN = "carriage return in the middle of a line"
"""A line of CSV that holds two records or more, since these end with carriage returns alone."""

WRONG_TYPE = "wrong type"
"""A list where a text belongs, a text where a number belongs."""
NOT_FINITE = "number not finite"
"""NaN or infinity."""
OUT_OF_RANGE = "number out of range"
"""Beyond 64 bits, or beyond what a float can hold."""
NOT_WHOLE = "not a whole number"
"""A count with a fraction."""
NEGATIVE = "negative count"
"""A count below zero."""
UNREADABLE_TIME = "unreadable time"
"""In no form that `ingest.times` reads."""
TIME_OUT_OF_RANGE = "time out of range"
"""Outside `ingest.earliest` … `ingest.latest`: a default value, not a time."""
SEVERAL_EPOCHS = "number that could be of several epochs"
"""Before `ingest.earliest_number` if it counts from 1970: 639134784000000000 is a day of 1990 in nanoseconds,
and one of 2026 in ticks of .NET. It is not guessed: a mapping declares the epoch."""
DATE_ORDER = "date whose order ingest.date_order must tell"
"""`05/04/2026` is in April or in May; a guess for each cell would read one column in two ways."""
NOT_AN_ADDRESS = "not an address"
"""A whole number, or a list in which no address is."""
ROUNDED_ID = "id that a spreadsheet has rounded"
"""`1.23457E+11` as an account, a device or a card: thousands of ids look so, and would become one."""
MASKED_ADDRESS = "masked address"
"""`203.0.113.***`: which one it was is not to be known."""
LEADING_ZEROS = "address with leading zeros"
"""`010.0.0.1` is 10.0.0.1 for some readers and 8.0.0.1 for those that take it for octal, so it is neither."""
OTHER_LENGTH = "embedding of another length"
"""Vectors of different lengths cannot be compared; the table's commonest length stays."""

BLANK = "blank line"
"""Filtered, not quarantined: nothing was said."""

NO_ACCOUNT_NAMED = "about no account"
"""Filtered: an entry of a foreign log that names nobody, such as a health check."""
NOT_WANTED = "not for this table"
"""Filtered: the mapping's `where` does not hold."""
NOTHING_INSIDE = "nothing inside"
"""Filtered: a document whose list of rows is empty."""
OUTSIDE_DATES = "outside the dates asked for"
"""Filtered: before `--since` or from `--until` on."""

NO_PATTERN = "unreadable pattern"
"""A STIX indicator whose pattern is missing or follows no grammar."""
NOT_AN_INDICATOR = "object beside the indicators"
"""Filtered: actors, relationships, markings. They are read for what they say of indicators."""
REVOKED = "revoked"
"""Filtered: whoever said it has taken it back."""
OLDER = "older version of an object"
"""Filtered: the bundle holds a later one under the same id."""
NO_ACTOR = "indicates no named operator"
"""Filtered: no relationship of the bundle leads from the indicator to an actor with a name."""
OTHER_LANGUAGE = "pattern in another language"
"""Filtered: YARA, Sigma, Snort and the like are about files and packets."""
COMBINED = "pattern that combines, bounds or excludes"
"""Filtered: AND, FOLLOWEDBY, WITHIN, NOT, LIKE and such. Its parts alone would mean something else."""
NOT_OURS = "pattern about no trait here"
"""Filtered: file hashes, domains and other things that no table holds."""

REQUIRED = {
    "account": NO_ACCOUNT,
    "at": NO_TIME,
    "trait": NO_TRAIT,
    "value": NO_VALUE,
    "operator": NO_OPERATOR,
}
"""What it is called when a required column is empty."""

WITHOUT = {**REQUIRED, "account": NO_ACCOUNT_NAMED}
"""What an entry of a foreign log is filtered as whose required cell was dropped."""


REMEDIES = {
    NO_ACCOUNT: 'say which column names the account: columns = { account = "…" } under [sources]; where rows'
    ' stand in a list of each object, say which: explode = "NAME[]"',
    NO_TIME: 'say which column holds the time: columns = { at = "…" } under [sources]',
    WRONG_TYPE: 'look at the value: of an object or a list, map what is inside, such as account = "NAME.id"'
    ' or "NAMES[0]" under [sources]; what is neither a text nor a whole number, clean before it is read, or'
    " leave such rows out with `where`",
    UNREADABLE_TIME: "see docs/input.md for the times that are read",
    SEVERAL_EPOCHS: 'say what the numbers count: epochs = { at = "dotnet_ticks" } under [sources]',
    DATE_ORDER: 'say the order of day and month: [ingest] date_order = "dmy" or "mdy"',
    TIME_OUT_OF_RANGE: 'say what the numbers count: epochs = { at = "cocoa" } under [sources]; a spreadsheet'
    " has to show days as dates before it writes CSV; ingest.earliest and ingest.latest bound what is taken",
    NOT_JSON: "each line has to be one JSON object: take away what a line has before it, such as a time or"
    " `data:`, or after it, such as a comma",
    TOO_LONG: "raise ingest.max_line_bytes if so long a line is honest",
    ROUNDED_ID: "export the column of ids as text, or from where the spreadsheet had it",
    RETURN: "save the file with line feeds at the ends of its lines",
    NOT_UTF8: "say how the file is written: [ingest] encoding, such as 'latin-1'",
}
"""What a person may write in a mapping where rows are lost by a reason."""


class Refused(Exception):
    """A cell or line that cannot be used; `reason` is one of the names above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
