"""Vectors and texts made for these tests."""

import numpy as np


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def cloud(count: int, *, seed: int = 1, spread: float = 0.25, places: int = 32) -> np.ndarray:
    """Tight groups of about five."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(max(1, count // 5), places)))
    return unit(
        centres[rng.integers(0, len(centres), count)]
        + rng.normal(size=(count, places)) * spread / places**0.5
    )
