"""Commands that only look at a case, with the arguments they take."""

import csv
from pathlib import Path

from tests.made_case import GROUP, OPERATOR

LOOKS: tuple[tuple[str, ...], ...] = (
    ("groups", "CASE"),
    ("groups", "CASE", "--explained"),
    ("show", "CASE", "GROUP"),
    ("explain", "CASE", "A", "B"),
    ("explain", "CASE", "A", "B", "--all"),
    ("why-not", "CASE", "A", "B"),
    ("who", "CASE", "VALUE"),
    ("account", "CASE", "A"),
    ("shared", "CASE", "A", "B"),
    ("collateral", "CASE", "VALUE"),
    ("collateral", "CASE", "GROUP"),
    ("evaluate", "CASE", "--truth", "TRUTH"),
    ("doctor", "CASE"),
)
"""Every command that only looks at a case."""


def look(
    given: tuple[str, ...],
    case: Path,
    *,
    group: str = GROUP,
    a: str = OPERATOR[0],
    b: str = OPERATOR[1],
    value: str = "country=SE",
) -> list[str]:
    truth = case.parent / "truth.csv"
    with truth.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        csv.writer(file).writerows([("account", "operator"), (a, "boss"), (b, "boss")])
    words = {"CASE": str(case), "GROUP": group, "A": a, "B": b, "TRUTH": str(truth), "VALUE": value}
    return [words.get(each, each) for each in given]
