"""The command line: parse, call, print. The one place that prints."""

import sys

from linkage.cli.app import run
from linkage.cli.screen.terminal import prepare_process

__all__ = ["main", "run"]


def main() -> None:
    """Run the command given on the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    prepare_process(debug="--debug" in arguments)
    sys.exit(run(arguments))
