"""Identifiers are the same however many are drawn at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.lab.identifiers import HASH, ID, Identifiers, hexadecimal, id_keys


def drawn(seed: int, counts: list[int]) -> tuple[bytes, bytes, bytes, bytes]:
    identifiers = Identifiers(seed, sum(counts))
    parts = [identifiers.take(count) for count in counts]
    ids, responses, chance = (
        b"".join(getattr(part, name).tobytes() for part in parts) for name in ("ids", "responses", "chance")
    )
    return ids, responses, chance, identifiers.never_given.tobytes()


@given(st.integers(0, 99), st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_how_many_are_taken_at_a_time_changes_nothing(seed: int, counts: list[int]) -> None:
    assert drawn(seed, counts) == drawn(seed, [sum(counts)])


def test_no_value_is_drawn_twice() -> None:
    ids, responses, chance, never_given = drawn(7, [500])
    texts = [responses[at : at + HASH] for at in range(0, len(responses), HASH)]
    texts += [never_given[:HASH], never_given[HASH:]]
    assert len(set(texts)) == 502 and len({ids[at : at + ID] for at in range(0, len(ids), ID)}) == 500
    eight = [each[at : at + 8] for each in texts for at in range(0, HASH, 8)]
    assert not set(eight) & {ids[at : at + 8] for at in range(0, len(ids), 4)}
    assert len({chance[at : at + 8] for at in range(0, len(chance), 8)}) == 500
    assert drawn(8, [500])[0] != ids


@given(st.lists(st.binary(min_size=ID, max_size=ID), max_size=20))
def test_ids_are_ordered_as_their_texts(values: list[bytes]) -> None:
    ids = np.frombuffer(b"".join(values), np.uint8).reshape(-1, ID)
    texts = hexadecimal(ids).to_pylist()
    assert texts == [value.hex() for value in values]
    assert [texts[place] for place in np.lexsort(id_keys(ids))] == sorted(texts)
