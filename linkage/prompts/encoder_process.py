"""The sentence transformer in a process of its own.

Loading it takes many seconds and most of a gigabyte for a few hundred texts. In its own process it loads
while this one goes on, and gives everything back when it ends; it ends with this one, however that ends.
"""

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np

from linkage.errors import LinkageError, UsageError
from linkage.prompts.encoder import JudgeEncoder, revision, weights

_FAULT = b"!"


class AsideEncoder:
    """An encoder as any other, which loads in the background from when it is made."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or weights()
        self.revision = revision(path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        weakref.finalize(self, _end, self._process)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of the model's own size; raises UsageError where there is no such model."""
        questions, answers = self._process.stdin, self._process.stdout
        assert questions and answers
        with suppress(OSError):  # where it has ended, it may have said why
            questions.write(json.dumps(list(texts)).encode() + b"\n")
            questions.flush()
        return self._read(answers)

    def _read(self, stream: IO[bytes]) -> np.ndarray:
        """One answer: a line with rows and columns, then the numbers; or one that says what is wrong."""
        head = stream.readline().split(maxsplit=1)
        if head[:1] == [_FAULT]:
            raise UsageError(
                json.loads(head[1]), hint="give the path of a sentence-transformers model's folder"
            )
        rows, columns = (int(part) for part in head) if len(head) == 2 else (0, 0)
        content = stream.read(rows * columns * 4)
        if not head or len(content) != rows * columns * 4:
            raise LinkageError(
                f"the sentence transformer ended with status {self._process.wait()} and gave no answer",
                hint="is there enough memory? Without it: prompts.judge = 'none'",
            )
        return np.frombuffer(content, np.float32).reshape(rows, columns)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nobody will ask any more; it may not even have loaded yet."""
    process.terminate()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):  # what it was asked last may not have reached it
                pipe.close()
    process.wait()


def serve(path: str, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answers each line of texts with their vectors until there are no more."""
    try:
        encoder = JudgeEncoder(path)
    except UsageError as error:
        answers.write(_FAULT + b" " + json.dumps(str(error)).encode() + b"\n")
        return
    for line in questions:
        vectors = np.ascontiguousarray(encoder.encode(json.loads(line)), np.float32)
        answers.write(b"%d %d\n" % vectors.shape + vectors.tobytes())
        answers.flush()


if __name__ == "__main__":
    # What a library prints must not get between the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        serve(sys.argv[1], sys.stdin.buffer, answers)
