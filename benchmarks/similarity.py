"""How similar are two rewordings of one segment, and how similar are segments that are not?

Prints quantiles of cosine similarity for the static encoder and the transformer: the numbers that
`same`, `maybe` and `judged_same` of `[prompts]` were chosen from. Rewording replaces words by random
words of the same pool, which is harsher than synonyms. Run: `python benchmarks/similarity.py [N]`.
"""

import gzip
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from linkage.prompts.encoder import Encoder, JudgeEncoder, StaticEncoder, weights
from linkage.prompts.skeleton import skeletons, words

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "prompts"
SYNONYMS = {
    "write": "compose",
    "create": "build",
    "make": "produce",
    "find": "locate",
    "give": "provide",
    "use": "apply",
    "using": "with",
    "program": "script",
    "function": "routine",
    "list": "sequence",
    "given": "supplied",
    "returns": "yields",
    "calculate": "compute",
    "input": "argument",
    "answer": "reply",
    "questions": "queries",
    "information": "details",
    "about": "on",
    "useful": "handy",
    "get": "obtain",
    "string": "text",
    "number": "figure",
    "numbers": "figures",
    "valid": "correct",
    "explain": "describe",
    "story": "tale",
    "character": "figure",
    "person": "individual",
    "current": "present",
    "need": "want",
    "output": "result",
    "search": "lookup",
    "query": "request",
    "should": "must",
}

LEVELS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
Pairs = list[tuple[str, str]]


def reword(text: str, share: float, pool: list[str], rng: random.Random) -> str:
    """Replace a share of the words by a synonym if there is one, else by a random word of the pool."""
    out = text.split()
    for at in rng.sample(range(len(out)), round(share * len(out))):
        out[at] = SYNONYMS.get(out[at], rng.choice(pool))
    return " ".join(out)


def reorder(text: str, rng: random.Random) -> str:
    """Swap the clauses at a random place."""
    out = text.split()
    at = rng.randrange(1, len(out))
    return " ".join(out[at:] + out[:at])


def pad(text: str, others: list[str], rng: random.Random) -> str:
    """A third of foreign words at the end, from another segment."""
    return f"{text} {' '.join(rng.choice(others).split()[: max(1, len(text.split()) // 2)])}"


def read(name: str) -> list[dict[str, str]]:
    """The rows of one prompt file."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def segments(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """Distinct segments of each group, sorted."""
    found: dict[str, set[str]] = {}
    made = skeletons([row["text"] for row in rows], min_segment_words=3, max_segments=64)
    for row, one in zip(rows, made, strict=True):
        found.setdefault(row["group"], set()).update(words(part) for part in one.segments)
    return {group: sorted(parts) for group, parts in sorted(found.items())}


def populations(size: int) -> Iterator[tuple[str, Pairs]]:
    """Kinds of pairs, with their names."""
    rng = random.Random(7)
    machine, human = segments(read("machine-gpteacher.jsonl.gz")), segments(read("human-clinc150.jsonl.gz"))
    human.pop("oos", None)
    flat = sorted({part for parts in machine.values() for part in parts if len(part.split()) >= 6})
    people = sorted({part for parts in human.values() for part in parts})
    pool = [word for part in flat for word in part.split()]
    chosen = rng.sample(flat, size)
    for share in (0.15, 0.30, 0.45):
        yield f"reworded {share:.0%}, original", [(one, reword(one, share, pool, rng)) for one in chosen]
        yield (
            f"reworded {share:.0%}, both",
            [(reword(one, share, pool, rng), reword(one, share, pool, rng)) for one in chosen],
        )
    yield "reordered", [(one, reorder(one, rng)) for one in chosen]
    yield "padded by half", [(one, pad(one, flat, rng)) for one in chosen]
    yield "random machine", [tuple(rng.sample(flat, 2)) for _ in range(size)]  # type: ignore[misc]
    yield "random human", [tuple(rng.sample(people, 2)) for _ in range(size)]  # type: ignore[misc]
    groups = sorted(human)
    yield "human, same intent", [tuple(rng.sample(human[rng.choice(groups)], 2)) for _ in range(size)]  # type: ignore[misc]
    generators = sorted(machine)
    for left, right in zip(generators, generators[1:] + generators[:1], strict=True):
        yield (
            f"{left} with {right}",
            [(rng.choice(machine[left]), rng.choice(machine[right])) for _ in range(size)],
        )


def nearest_foreign(encoder: Encoder, size: int) -> np.ndarray:
    """For human sentences, the highest similarity to a sentence of another intent: the hardest negatives."""
    human = segments(read("human-clinc150.jsonl.gz"))
    human.pop("oos", None)
    rng = random.Random(7)
    rows = rng.sample(sorted((part, group) for group, parts in human.items() for part in parts), 10 * size)
    vectors = encoder.encode([part for part, _ in rows])
    group = np.array([name for _, name in rows])
    best = [np.max((vectors @ vectors[at])[group != group[at]]) for at in range(size)]
    return np.array(best)


def show(name: str, similarity: np.ndarray) -> None:
    """One line: quantiles, then shares at the thresholds that come into question."""
    quantiles = " ".join(
        f"{value:5.2f}" for value in np.quantile(similarity, [0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    )
    shares = " ".join(f"{np.mean(similarity >= at):5.1%}".rjust(6) for at in LEVELS)
    print(f"{name:28} {quantiles} | {shares}")


def main(size: int) -> None:
    """The whole table, for each encoder."""
    if not DATA.exists():
        print(f"no prompt data at {DATA.resolve()}: nothing to measure")
        return
    pairs = list(populations(size))
    for encoder, count in ((StaticEncoder(), size), (JudgeEncoder(str(weights())), min(size, 300))):
        print(f"\n{encoder.revision[:24]}")
        print(f"{'quantiles | share at least':28}   5%   25%   50%   75%   95%   99% |", end="")
        print("".join(f"{at:7.2f}" for at in LEVELS))
        for name, kind in pairs:
            left = encoder.encode([one for one, _ in kind[:count]])
            right = encoder.encode([other for _, other in kind[:count]])
            show(name, np.sum(left * right, axis=1))
        show(
            "human, nearest other intent", nearest_foreign(encoder, min(count, 500) if count == size else 100)
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
