"""Progress of a run on stderr, and its budget of time and memory."""

import re
import resource
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import colourful, console, say
from linkage.errors import BudgetError, UsageError
from linkage.wording import many, noun

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.IGNORECASE)
_QUIET_SECONDS = 20.0
"""A run that is not on a terminal reports at this interval in seconds."""


@dataclass(frozen=True)
class Budget:
    """The most time (seconds) and memory (bytes) a run may take."""

    seconds: float | None = None
    memory: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From text such as `30m,12GB`; raises UsageError."""
        found: dict[str, float] = {}
        for part in filter(None, (each.strip() for each in text.split(","))):
            match = _PART.fullmatch(part)
            unit = match[2] if match else ""
            if match and unit.lower() in _SECONDS:
                found["seconds"] = float(match[1]) * _SECONDS[unit.lower()]
            elif match and unit.upper() in _BYTES:
                found["memory"] = float(match[1]) * _BYTES[unit.upper()]
            else:
                raise UsageError(
                    f"--budget: {part!r} is neither a time nor a memory size", hint="for example 30m,12GB"
                )
        return cls(**found)

    def check(self, stage: str, elapsed: float) -> None:
        """Raises BudgetError once the run has taken more than it may."""
        if self.seconds is not None and elapsed > self.seconds:
            raise BudgetError(
                f"{stage}: stopped after {elapsed:.0f} s, the budget is {self.seconds:.0f} s",
                hint="raise --budget, or investigate a shorter period",
            )
        if self.memory is not None and peak_memory() > self.memory:
            raise BudgetError(
                f"{stage}: stopped at {peak_memory() / 1e9:.2f} GB, the budget is {self.memory / 1e9:.2f} GB",
                hint="raise --budget, or investigate a shorter period",
            )


def peak_memory() -> int:
    """Bytes this process has held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Progress:
    """Called with stage, rows done and rows in all; draws a bar on a terminal, else a line for each stage."""

    def __init__(self, budget: Budget, *, quiet: bool = False) -> None:
        self._budget, self._quiet = budget, quiet
        self._started = self._since = self._spoke = time.monotonic()
        self._stage, self._done = "", 0
        self._bars: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and colourful(sys.stderr):
            self._bars = _bars()
            self._bars.start()
        return self

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """One step of the run; raises BudgetError."""
        now = time.monotonic()
        if stage != self._stage:
            self._close(now)
            self._stage, self._since, self._spoke = stage, now, now
        self._done = done
        self._draw(now, total)
        self._budget.check(stage, now - self._started)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._close(time.monotonic())
        if self._bars:
            self._bars.stop()

    def _draw(self, now: float, total: int | None) -> None:
        if self._bars:
            if self._task is None:
                self._task = self._bars.add_task(safe(self._stage), total=total)
            self._bars.update(self._task, completed=self._done, total=total)
        elif not self._quiet and now - self._spoke > _QUIET_SECONDS:
            self._spoke = now
            say(f"{self._stage}: {many(self._done, 'row')} so far, {now - self._since:.0f} s")

    def _close(self, now: float) -> None:
        if not self._stage:
            return
        seconds = now - self._since
        if self._bars:
            self._bars.remove_task(self._task)
            self._task = None
        if not self._quiet:
            rate = f", {self._done / seconds:,.0f}/s" if self._done and seconds >= 0.05 else ""
            rows = f"{self._done:>12,} {noun(self._done, 'row'):<4}"
            line = f"{safe(self._stage):<14} {rows} {seconds:>8.1f} s{rate}"
            self._bars.console.print(line) if self._bars else say(line)


def _bars() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        """Rows a second."""

        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:,.0f} rows/s" if task.speed else "")

    return Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
    )
