"""A file of one format is recognised as that format alone."""

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import tests.ingest.adapters as here
from linkage.errors import UsageError
from linkage.ingest.adapters.registry import ADAPTERS, adapter
from linkage.ingest.mapping import plan
from tests.ingest.adapters.mapped import LIMITS, formats, put_samples

SAMPLED = {
    f"{module.name}:{name}": {name: text}
    for module in pkgutil.iter_modules(here.__path__)
    if module.name.startswith("test_") and module.name != "test_registry"
    for name, text in getattr(import_module(f"{here.__name__}.{module.name}"), "SAMPLES", {}).items()
}
FOLDERS = {
    "litellm": "litellm", "langfuse": "langfuse", "portkey": "portkey", "otlp": "otlp", "bedrock": "bedrock",
    "azure_openai": "azure-openai", "azure_apim": "azure-apim", "anthropic_batch": "anthropic-batch",
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLED.values(), ids=SAMPLED)
def test_a_sample_is_recognised_as_one_format(sample: dict[str, str], tmp_path: Path) -> None:
    assert {len(found) for found in formats(put_samples(tmp_path, sample)).values()} == {1}


@pytest.mark.parametrize(("folder", "name"), FOLDERS.items(), ids=FOLDERS)
def test_a_shared_log_is_recognised_as_its_format(folder: str, name: str, shared_data: Path) -> None:
    found = formats(shared_data / "formats" / "samples" / folder)

    assert found
    assert set().union(*found.values()) == {name}


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_expression_can_be_read(name: str) -> None:
    one = adapter(name)

    assert one.name == name
    assert one.recognises([{}]) is False
    for key, mapping in one.tables.items():
        assert plan(key, mapping, LIMITS).columns["account"]
    assert one.plans(LIMITS).keys() == one.tables.keys()
    assert all((one.title, one.follows, one.lacks))


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no format is called 'lite'") as caught:
        adapter("lite")

    assert "litellm" in str(caught.value.hint)
