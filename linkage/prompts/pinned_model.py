"""The sentence transformer of the extra `judge`, known by the SHA-256 of every file that decides its vectors.

It is `sentence-transformers/all-MiniLM-L6-v2`, revision c9745ed1d9f207416be6d2e6f8de32d1f16199bf, which its
authors publish under the Apache License, Version 2.0 (`license: apache-2.0` in its model card). The Python
package that carries it here names no publisher who can be asked and states another licence (MIT) for the
package. So nothing rests on the package: a file that is not the upstream one is refused.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from linkage.errors import IntegrityError

UPSTREAM, LICENCE = "sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0"

FILES = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""Weights, tokenizer and configuration, each with its SHA-256."""

SAY_NOTHING = ("README.md", ".gitattributes", "data_config.json")
"""Files about the model that nothing loads."""


def require_pinned(folder: Path) -> Path:
    """The folder itself; raises IntegrityError where it holds anything but the pinned model."""
    for fault in _faults(folder):
        raise IntegrityError(
            f"{folder}: {fault}; it is not {UPSTREAM} as it is published",
            hint="install the extra judge again, or set prompts.judge to 'none'",
        )
    return folder


def _faults(folder: Path) -> Iterator[str]:
    found = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*") if not each.is_dir()}
    for name in sorted(found.keys() - FILES.keys() - set(SAY_NOTHING)):
        # An adapter or a second set of weights beside the first would be loaded, too.
        yield f"{name} is no file of the model"
    for name, digest in FILES.items():
        if name not in found:
            yield f"{name} is missing"
        elif sha256_of(found[name]) != digest:
            yield f"{name} has another SHA-256 than {digest}"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
