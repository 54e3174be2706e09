"""Do rewordings of one segment fall into one cluster, and do people's questions stay apart?

Plants rewordings of 40 machine-written segments among 40,000 real ones and clusters them at several
thresholds; then gives the recall of the approximate search at this size.
Run: `python benchmarks/clusters.py`.
"""

import random
import time
from collections import Counter

import numpy as np
import pyarrow as pa
from similarity import DATA, read, reword, segments

from linkage.prompts import neighbours as search
from linkage.prompts.clusters import Items, cluster
from linkage.prompts.encoder import StaticEncoder
from linkage.settings.prompts import NeighbourSearch, Prompts

SHARES = (0.15, 0.30, 0.45)


def planted() -> tuple[list[str], list[str]]:
    """Distinct segments in order, and for each where it comes from."""
    rng = random.Random(3)
    human = segments(read("human-clinc150.jsonl.gz"))
    human.pop("oos", None)
    machine = segments(read("machine-gpteacher.jsonl.gz"))
    flat = sorted({part for parts in machine.values() for part in parts if len(part.split()) >= 6})
    pool = [word for part in flat for word in part.split()]
    origin = {part: f"human {intent}" for intent, parts in human.items() for part in parts}
    origin |= dict.fromkeys(flat, "machine")
    for share in SHARES:
        for number in range(40):
            base = rng.choice(flat)
            for _ in range(60):
                origin.setdefault(reword(base, share, pool, rng), f"reworded {share} {number}")
    texts = sorted(origin)
    return texts, [origin[text] for text in texts]


def show(name: str, label: np.ndarray, origin: np.ndarray) -> None:
    """Share of each template's rewordings in its largest cluster; share of people's pairs of two intents."""
    kept = []
    for share in SHARES:
        groups = [label[origin == f"reworded {share} {number}"] for number in range(40)]
        kept.append(np.mean([max(Counter(group.tolist()).values()) / len(group) for group in groups]))
    human = np.char.startswith(origin, "human")
    pairs = _pairs(label[human].tolist())
    same = _pairs(list(zip(label[human].tolist(), origin[human].tolist(), strict=True)))
    told = " ".join(f"{share:.0%}: {value:.2f} " for share, value in zip(SHARES, kept, strict=True))
    print(f"{name:12} kept {told}| people: {pairs:8} pairs, {1 - same / pairs:.0%} of two intents")


def _pairs(values: list[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


def recall(rows: np.ndarray) -> None:
    """Of the exact pairs at or above two thresholds, the share that the approximate search finds."""
    for least in (0.6, 0.7):
        every, index = (NeighbourSearch(exact_vectors=most) for most in (len(rows), 0))
        exact = search.neighbours(rows, every, k=16, at_least=least, seed=0)
        start = time.perf_counter()
        found = search.neighbours(rows, index, k=16, at_least=least, seed=0)
        seconds = time.perf_counter() - start
        whole = set(zip(exact.left.tolist(), exact.right.tolist(), strict=True))
        part = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
        print(
            f"search of {len(rows)} at {least}: recall {len(whole & part) / len(whole):.3f}, {seconds:.1f} s"
        )


def main() -> None:
    """Both tables."""
    if not DATA.exists():
        print(f"no prompt data at {DATA.resolve()}: nothing to measure")
        return
    texts, origin = planted()
    rows = StaticEncoder().encode(texts)
    items = Items(rows, np.ones(len(rows), np.int64), pa.array(texts))
    for same in (0.65, 0.70, 0.75, 0.80):
        chosen = Prompts(same=same, maybe=0.6, max_judged=0)
        show(f"same {same:.2f}", cluster(items, chosen, seed=0).label, np.array(origin))
    recall(rows)


if __name__ == "__main__":
    main()
