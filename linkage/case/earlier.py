"""Earlier cases, opened so that operators can be recognised from them."""

from collections.abc import Sequence
from pathlib import Path

from linkage.case.folder import Case, open_case
from linkage.errors import UsageError


def open_earlier(paths: Sequence[Path], case: Path) -> list[Case]:
    """The earlier cases, opened; raises UsageError for the case being made, CaseError for what is none."""
    for path in paths:
        if path.resolve() == case.resolve():
            raise UsageError(
                f"{path}: a case is not compared with itself", hint="give --known an earlier case's folder"
            )
    return [open_case(path) for path in paths]
