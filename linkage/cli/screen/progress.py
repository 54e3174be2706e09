"""Progress of a run on stderr, and its budget of time and memory."""

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from linkage.cli.screen.alarm import Alarm
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import colourful, console, say
from linkage.errors import BudgetError, UsageError
from linkage.runs.memory import Watch
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

    def check(self, stage: str, elapsed: float, memory: int, needs: str = "") -> None:
        """Raises BudgetError once the run has taken more seconds or bytes than it may; `needs` is the budget
        that it would need, where that is known."""
        hint = f"--budget {needs}" if needs else "raise --budget; linkage doctor SOURCE --cost says how far"
        hint += ", or a shorter period; what is stored is gone on with by the same command"
        if self.seconds is not None and elapsed > self.seconds:
            raise BudgetError(
                f"{stage}: stopped after {elapsed:.0f} s, the budget is {self.seconds:.0f} s", hint=hint
            )
        if self.memory is not None and memory > self.memory:
            raise BudgetError(
                f"{stage}: stopped at {memory / 1e9:.2f} GB, the budget is {self.memory / 1e9:.2f} GB",
                hint=hint,
            )

    @property
    def limits(self) -> bool:
        """Whether there is any limit."""
        return self.seconds is not None or self.memory is not None


def amount(size: float) -> str:
    """Bytes in GB, or in MB where there are few."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"


class Progress:
    """Called with stage, rows done and rows in all; draws a bar on a terminal, else a line for each stage.

    `seconds` is how long each stage will take, where that is known: then the time that is left is shown.
    The budget is watched all the time, also while a stage says nothing.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        quiet: bool = False,
        seconds: Mapping[str, float] | None = None,
        needs: str = "",
    ) -> None:
        self._budget, self._quiet, self._needs = budget, quiet, needs
        self._seconds = dict(seconds or {})
        self._started = self._since = self._spoke = time.monotonic()
        self._stage, self._done = "", 0
        self._memory, self._alarm = Watch(), Alarm(self._check)
        self._bars: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and colourful(sys.stderr):
            self._bars = _bars()
            self._bars.start()
        self._memory.__enter__()
        if self._budget.limits:
            self._alarm.__enter__()
        return self

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """One step of the run; raises BudgetError."""
        now = time.monotonic()
        if stage != self._stage:
            self._close(now)
            self._seconds.pop(self._stage, None)
            self._stage, self._since, self._spoke = stage, now, now
        self._done = done
        self._draw(now, total)
        self._check()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._close(time.monotonic())
        if self._bars:
            self._bars.stop()
        self._memory.__exit__(kind, error, trace)
        self._alarm.__exit__(kind, error, trace)

    def _check(self) -> None:
        elapsed = time.monotonic() - self._started
        self._budget.check(self._stage or "start", elapsed, self._memory.most, self._needs)

    def _draw(self, now: float, total: int | None) -> None:
        if self._bars:
            if self._task is None:
                self._task = self._bars.add_task(safe(self._stage), total=total, about="")
            about = ", ".join(self._about(now))
            self._bars.update(self._task, completed=self._done, total=total, about=about)
        elif not self._quiet and now - self._spoke > _QUIET_SECONDS:
            self._spoke = now
            also = "".join(f", {each}" for each in self._about(now))
            say(f"{self._stage}: {many(self._done, 'row')} so far, {now - self._since:.0f} s{also}")

    def _about(self, now: float) -> list[str]:
        """Memory, and the time that is left where it is known."""
        return [amount(self._memory.most), *self._left(now)]

    def _left(self, now: float) -> list[str]:
        """The time that is left for this stage and those that come; nothing where nobody knows."""
        if self._stage not in self._seconds:
            return []
        own = max(self._seconds[self._stage] - (now - self._since), 0.0)
        left = own + sum(self._seconds.values()) - self._seconds[self._stage]
        return [f"{left:.0f} s left" if left < 120 else f"{left / 60:.0f} min left"]

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
            also = "".join(f", {each}" for each in (amount(self._memory.take()), *self._after()))
            line = f"{safe(self._stage):<14} {rows} {seconds:>8.1f} s{rate}{also}"
            self._bars.console.print(line) if self._bars else say(line)

    def _after(self) -> list[str]:
        """The time that is left once this stage has ended."""
        rest = sum(each for name, each in self._seconds.items() if name != self._stage)
        return [f"about {rest:.0f} s left"] if rest else []


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
        TextColumn("{task.fields[about]}", markup=False),
        console=console(sys.stderr),
        transient=True,
    )
