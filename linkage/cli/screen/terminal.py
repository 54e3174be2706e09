"""Where printing goes: results to stdout, everything else to stderr, colour only where it is wanted."""

import os
import signal
import sys
import traceback
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, TextIO

from linkage.cli.screen.safe import safe
from linkage.errors import LinkageError

ENDS = ("SIGTERM", "SIGHUP")
"""Signals by which others end a program: a batch system, a closed terminal."""

PIPE_WIDTH = 100
"""Columns of a table that goes to a file or a pipe, unless COLUMNS says otherwise."""


def colourful(stream: TextIO) -> bool:
    """Whether escape codes may be written to a stream."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def console(stream: TextIO) -> Any:
    """A rich console that reads no markup and writes no escape code where none is wanted."""
    from rich.console import Console

    fancy = colourful(stream)
    width = None if stream.isatty() else int(os.environ.get("COLUMNS") or PIPE_WIDTH)
    return Console(
        file=stream,
        force_terminal=fancy,
        color_system="auto" if fancy else None,
        no_color=not fancy,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
    )


def width() -> int:
    """Columns of stdout."""
    return int(console(sys.stdout).width)


def say(text: str) -> None:
    """Print a line on stderr, for the person at the keyboard."""
    print(safe(text), file=sys.stderr, flush=True)


def hyperlinks(stream: TextIO) -> bool:
    """Whether a terminal shows links (OSC 8) as short text; FORCE_HYPERLINK, 0 or 1, decides if it is set."""
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("", "0")
    return colourful(stream) and os.environ.get("TERM_PROGRAM") != "Apple_Terminal"


def say_link(before: str, shown: str, address: str) -> None:
    """Print a link on stderr: its short text where the terminal can follow it, else the whole address."""
    plain = safe(address)
    if hyperlinks(sys.stderr) and plain.isascii():
        print(f"{safe(before)}\x1b]8;;{plain}\x1b\\{safe(shown)}\x1b]8;;\x1b\\", file=sys.stderr, flush=True)
    else:
        say(f"{before}{address}")


def complain(error: LinkageError) -> None:
    """An error and what to do next."""
    say(f"error: {error}")
    if error.hint:
        say(f"  next: {error.hint}")


def prepare_process(*, debug: bool) -> None:
    """Settings of the whole process: a closed pipe ends it quietly, an internal error prints one line."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in ENDS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _ended)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if not debug:
        sys.excepthook = _internal_error


def _ended(number: int, frame: FrameType | None) -> None:
    """Leave as an error does, so that whatever holds a temporary file sweeps it; once, then in peace."""
    del frame
    for name in ENDS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(OSError):  # not print(): the signal may have come in the middle of one
        os.write(2, b"ended from outside; what was not finished is removed\n")
    raise SystemExit(128 + number)


def _internal_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        say("interrupted")
        os._exit(130)
    where = traceback.extract_tb(trace)[-1] if trace else None
    say(f"internal error: {kind.__name__}: {error}")
    if where:
        say(f"  at {where.filename}:{where.lineno}; for the full traceback add --debug")
