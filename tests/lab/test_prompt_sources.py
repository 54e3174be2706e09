import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import InputError
from linkage.lab.prompt_sources import Grammar, read_prompts
from linkage.lab.simulate import simulate
from tests.lab.made import load

HUMAN = [f"how do people ask about thing number {n} in the year {1900 + n}" for n in range(60)]
MACHINE = [f"Generated exercise {n}: derive property {n * 7} from axiom {n * 3}." for n in range(300)]


def line(**changes: object) -> str:
    return json.dumps({"id": "1", "text": "what is it", "origin": "human", "group": "g", **changes})


def pool(path: Path) -> Path:
    rows = [line(id=f"h{n}", text=text, group=f"topic {n % 6}") for n, text in enumerate(HUMAN)]
    rows += [line(id=f"m{n}", text=text, origin="machine") for n, text in enumerate(MACHINE)]
    file = path / "pool.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(rows).encode()))
    return file


def test_innocents_ask_the_human_texts_and_operators_the_machine_ones(tmp_path: Path) -> None:
    made = load(
        simulate(
            tmp_path / "out",
            profile="careful",
            accounts=600,
            interactions=5_000,
            seed=2,
            prompts=[pool(tmp_path)],
        )
    )
    innocent = [text for who, text in made.rows("interactions", "account", "prompt") if not made.truth[who]]
    planted = [text for who, text in made.rows("interactions", "account", "prompt") if made.truth[who]]
    assert not any("Generated exercise" in text for text in innocent)
    assert sum("how do people ask" in text for text in innocent) > 0.85 * len(innocent)
    assert sum(text in HUMAN for text in innocent) > 0.2 * len(innocent)
    assert 0.55 < sum("Generated exercise" in text for text in planted) / len(planted) < 0.85
    for operator in set(made.truth.values()) - {None}:
        said = [str(text) for _, text in made.of(str(operator), "interactions", "prompt")]
        tasks = Counter(
            text.split("Generated exercise ")[1].split(":")[0] for text in said if "Generated" in text
        )
        assert max(tasks.values()) == 1, "a queue gives each task out once"
    assert all(len(text.split()) > 25 for text in planted if "Generated exercise" in text)


def test_tasks_of_a_pool_repeat_only_once_all_were_used(tmp_path: Path) -> None:
    tasks = read_prompts([pool(tmp_path)]).tasks(450, np.random.default_rng(0)).to_pylist()
    assert len(set(tasks[:300])) == 300
    assert len(tasks) == 450 and set(tasks) == set(MACHINE)


def test_the_grammar_is_diverse() -> None:
    grammar, rng = Grammar(), np.random.default_rng(0)
    asked = [text for topic in range(grammar.topics) for text in grammar.ask(topic, 200, rng).to_pylist()]
    assert len(set(asked)) > 0.95 * len(asked)
    assert len(set(grammar.tasks(2_000, rng).to_pylist())) > 1_900
    assert not any("{" in text for text in asked)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        (line(text=""), "line 2: 'text' is missing"),
        (line(text=None), "line 2: 'text' is missing"),
        (json.dumps({"id": "1", "text": "t", "origin": "human"}), "line 2: 'group' is missing"),
        (line(id=5), "line 2: 'id' is missing"),
        (line(origin="robot"), "line 2: origin is 'robot'"),
        (line(text="half \ud83d"), "line 2: the text holds half of a surrogate pair"),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, bad: str, message: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("\n".join([line(), bad, line(origin="machine")]))
    with pytest.raises(InputError, match=message) as caught:
        read_prompts([file])
    assert str(file) in str(caught.value)


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(line().encode() + b'\n{"text": "\xff"}\n')
    with pytest.raises(InputError, match="line 2: not JSON"):
        read_prompts([file])


def test_a_file_cut_short_or_missing_is_named(tmp_path: Path) -> None:
    whole = pool(tmp_path)
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"pool\.jsonl\.gz: cannot be read after line"):
        read_prompts([whole])
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read"):
        read_prompts([tmp_path / "none.jsonl"])
    plain = tmp_path / "plain.jsonl.gz"
    plain.write_text(line())
    with pytest.raises(InputError, match=r"plain\.jsonl\.gz: cannot be read"):
        read_prompts([plain])


@pytest.mark.parametrize(("origin", "missing"), [("human", "machine"), ("machine", "human")])
def test_both_origins_are_needed(tmp_path: Path, origin: str, missing: str) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(line(origin=origin))
    with pytest.raises(InputError, match=f"no prompt with origin '{missing}'"):
        read_prompts([file])
