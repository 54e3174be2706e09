import faiss
import numpy as np
import pytest

from linkage.prompts import neighbours as search
from linkage.prompts.neighbours import nearest
from linkage.settings.prompts import NeighbourSearch
from tests.prompts.made import cloud, unit

CHOSEN = NeighbourSearch()


def neighbours(
    rows: np.ndarray, *, k: int, at_least: float, seed: int, chosen: NeighbourSearch = CHOSEN
) -> search.Neighbours:
    return search.neighbours(rows, chosen, k=k, at_least=at_least, seed=seed)


def pairs(found: search.Neighbours) -> dict[tuple[int, int], float]:
    return {
        (int(a), int(b)): float(s) for a, b, s in zip(found.left, found.right, found.similarity, strict=True)
    }


def test_all_pairs_above_the_threshold_and_no_other() -> None:
    rows = cloud(400)
    cosine = rows @ rows.T
    left, right = np.nonzero(np.triu(cosine >= 0.8, 1))
    found = neighbours(rows, k=399, at_least=0.8, seed=0)
    assert set(pairs(found)) == set(zip(left.tolist(), right.tolist(), strict=True))
    assert all(abs(similarity - cosine[pair]) < 1e-5 for pair, similarity in pairs(found).items())
    assert np.all(found.left < found.right) and np.all(np.diff(found.left) >= 0)


def test_what_the_cap_may_hide_is_counted() -> None:
    rows = unit(
        np.random.default_rng(0).normal(size=(1, 16)) + np.random.default_rng(1).normal(size=(30, 16)) * 0.01
    )
    assert neighbours(rows, k=29, at_least=0.9, seed=0).cut == 30
    assert neighbours(rows, k=40, at_least=0.9, seed=0).cut == 0
    capped = neighbours(rows, k=3, at_least=0.9, seed=0)
    assert capped.cut == 30 and len(capped.left) <= 90


def test_repeated_rows_hang_on_their_first() -> None:
    rows = cloud(50)
    found = pairs(neighbours(rows[[0, 1, 0, 0, 2]], k=4, at_least=0.999, seed=0))
    assert {(0, 2), (0, 3)} <= set(found) and (2, 3) not in found


def test_rows_of_zeros_are_near_nothing_not_even_each_other() -> None:
    rows = np.concatenate([np.zeros((3, 32), np.float32), cloud(5, spread=0.01)])
    assert min(pairs(neighbours(rows, k=7, at_least=0.5, seed=0)), default=(3, 3))[0] >= 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_or_no_rows(count: int) -> None:
    assert len(neighbours(cloud(5)[:count], k=4, at_least=1.1, seed=0).left) == 0


@pytest.mark.parametrize("exact", [10, 100_000])
def test_threads_change_no_bit(exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = NeighbourSearch(exact_vectors=exact)
    rows = cloud(3000)
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(search, "THREADS", threads)
        found = neighbours(rows, k=8, at_least=0.5, seed=3, chosen=chosen)
        results.append(b"".join(part.tobytes() for part in (found.left, found.right, found.similarity)))
    assert results[0] == results[1]


def test_the_inverted_search_finds_nearly_all() -> None:
    rows = cloud(8000)
    whole = set(pairs(neighbours(rows, k=8, at_least=0.7, seed=0)))
    found = neighbours(rows, k=8, at_least=0.7, seed=0, chosen=NeighbourSearch(exact_vectors=10))
    assert len(whole & set(pairs(found))) >= 0.95 * len(whole)


@pytest.mark.filterwarnings("error")
def test_more_neighbours_are_asked_for_than_a_cell_holds() -> None:
    small = NeighbourSearch(exact_vectors=10, cell_vectors=20, probed_cells=1)
    found = neighbours(cloud(2_000), k=100, at_least=0.5, seed=0, chosen=small)
    assert len(found.left) and (found.similarity >= 0.5).all() and np.isfinite(found.similarity).all()


@pytest.mark.parametrize("repeats", [1, 3])
def test_candidates_are_looked_at_as_faiss_itself_does(repeats: int) -> None:
    rows = np.repeat(cloud(1_500), repeats, axis=0)
    index = search._inverted(rows.shape[1], 10, NeighbourSearch(probed_cells=2), 0)
    index.train(rows)
    index.add(rows)
    exact = faiss.IndexFlatIP(rows.shape[1])
    exact.add(rows)
    both = faiss.IndexRefine(index, exact)
    both.k_factor = 6
    (similarity, found), *rest = search._refined(index, rows, 9, 6)
    expected = both.search(rows, 9)
    assert not rest
    assert np.array_equal(similarity, expected[0]) and np.array_equal(found, expected[1])


def test_nearest_is_the_best_of_all() -> None:
    rows = cloud(100)
    which, similarity = nearest(rows[:40], rows[40:])
    assert np.array_equal(which, np.argmax(rows[:40] @ rows[40:].T, axis=1))
    assert np.allclose(similarity, np.max(rows[:40] @ rows[40:].T, axis=1), atol=1e-5)
