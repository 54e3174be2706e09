"""The tree of what can go wrong, and the exit code each kind ends the program with.

A message names the file, row, table or setting at fault; `hint` says what to do next.
"""

import shlex


def command(*words: object) -> str:
    """A command that somebody may copy into a shell, where each of the words stays one word."""
    return shlex.join(map(str, words))


class LinkageError(Exception):
    """Anything this program reports instead of a result."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(LinkageError):
    """The command, a setting or an argument cannot be understood."""

    exit_code = 2


class CaseError(UsageError):
    """The folder is not a case, or holds no such group or account."""


class InputError(LinkageError):
    """A source cannot be read, or too much of it is unusable."""

    exit_code = 3


class GraphError(LinkageError):
    """Neo4j cannot be reached, or refuses what it is asked."""

    exit_code = 4


class IntegrityError(LinkageError):
    """A file is not what its receipt says it is."""

    exit_code = 5


class BudgetError(LinkageError):
    """A stated limit of time, memory or pairs was reached."""

    exit_code = 6
