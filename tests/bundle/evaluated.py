"""What an evaluation writes where the truth is known: error rates are made of it."""

from typing import Any

EVALUATED: dict[str, Any] = {
    "accounts": 600,
    "operators": 3,
    "operator_accounts": 50,
    "groups": 4,
    "pair_precision": 0.75,
    "pair_recall": None,
    "innocent_accounts_flagged": 5,
    "false_groups": 1,
    "operators_found": 3,
    "per_operator": [
        {"accounts": 20, "recall": 1.0},
        {"accounts": 16, "recall": 0.75},
        {"accounts": 14, "recall": None},
    ],
    "flagged_by_kind": [
        {"kind": "campus", "accounts": 40, "flagged": 0},
        {"kind": "reseller", "accounts": 0, "flagged": 0},
    ],
    "inputs": ["ab" * 32],
    "settings_digest": "cd" * 32,
}
