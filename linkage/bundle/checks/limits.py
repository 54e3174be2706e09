"""How large the parts of a bundle may be: who writes one keeps to this table, and who reads one asks it."""

MOST_FILES = 1_000
MOST_DIRECTORY = 1 << 20
"""Bytes of an archive's directory."""

LONGEST_SEGMENT, LONGEST_NAME = 100, 200
"""Characters of a part of a file's name, and of the whole."""

LONGEST_LINE = 8 << 20
"""Bytes of a line without its end."""

LONGEST_UNIT = 1 << 20
"""Bytes of a unit's line, above which a list is sealed in parts; one element may be as long as a line."""

LONGEST_PATH = 200
"""Characters of the path of a unit."""

MOST_PARTS = 9_999
"""Parts that one list is sealed in."""

DEEPEST = 32
"""Lists and objects around a value, as JSON nests them."""

SAFE_INTEGER = 2**53
"""Beyond it, readers that hold numbers as fractions take one integer for another."""

LARGEST_WHOLE = 64 << 20
"""Bytes of a file that is read whole; what can be larger is read line by line."""

_LARGEST = {
    "bagit.txt": 1 << 10,
    "bag-info.txt": 64 << 10,
    "manifest-sha256.txt": 1 << 20,
    "manifest-sha512.txt": 1 << 20,
    "tagmanifest-sha256.txt": 1 << 20,
    "tagmanifest-sha512.txt": 1 << 20,
    "tagmanifest-sha256.txt.sig": 8 << 10,
    "tagmanifest-sha256.txt.sig.tsr": 1 << 20,
    "tagmanifest-sha256.txt.sig.2.tsr": 1 << 20,
    "data/seal/SEAL.txt": 64 << 10,
    "data/seal/SEAL.txt.sig": 8 << 10,
}
"""Bytes of the files that are read before anybody's signature is known to be good."""


def largest(name: str) -> int:
    """Bytes that a file which is read whole may have."""
    return _LARGEST.get(name, LARGEST_WHOLE)
