"""A small population with one operator whose group is reported, who may come back with other accounts."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from linkage import Settings
from tests.promised import Row, Tables, small, stamp

START = datetime(2025, 3, 1, tzinfo=UTC)
WORK = "Set out every step of the proof before the result is given and name each rule that it uses."
TOPICS = ("tides", "bread", "engines", "gardens", "violins", "glaciers", "bridges", "pollen", "lace", "rust")
BILLING = "billing of one hand"


def chosen(*, margin_bits: float = 0.0, **changes: Any) -> Settings:
    """Whether a group is beyond chance, and by how much one operator leads, is not what is tested here."""
    return small(
        grouping={
            "min_accounts": 3,
            "resamples": 2,
            "null_runs": 2,
            "max_q": 1.0,
            "stories": {"margin_bits": margin_bits},
        },
        scoring={"operator_accounts": 12, "strong_bits": 2.0},
        **changes,
    )


def tables(
    prefix: str, *, operator: int = 12, strangers: int = 100, turns: int = 4, days: int = 0, seed: int = 1
) -> Tables:
    """Rows whose accounts are named after `prefix`, `days` after the first time."""
    draw = random.Random(f"{prefix} {seed}")
    made: Tables = {name: [] for name in ("accounts", "payments", "interactions")}
    for number in range(operator + strangers):
        hand = number < operator
        opened = START + timedelta(days=days)
        opened += timedelta(minutes=7 * number if hand else draw.randrange(60 * 24 * 90))
        who = f"{prefix}{number:03}"
        made["accounts"].append(
            {"account": who, "created_at": stamp(opened), "email_domain": "gmail.com",
             "email_hash": f"{prefix} mail {number}"}
        )  # fmt: skip
        made["payments"].append(
            {"account": who, "at": stamp(opened + timedelta(hours=1)),
             "fingerprint": f"hand {number // 3}" if hand else f"{prefix} card {number}",
             "billing_hash": BILLING if hand else f"{prefix} billing {number}",
             "bin": "411111" if hand else str(500000 + number), "funding": "virtual" if hand else "debit"}
        )  # fmt: skip
        made["interactions"] += [_asked(who, hand, opened, turn, draw) for turn in range(turns)]
    return made


def _asked(who: str, hand: bool, opened: datetime, turn: int, draw: random.Random) -> Row:
    at = opened + timedelta(days=2 + turn % 30, minutes=draw.randrange(1_400 if hand else 300))
    topic, other = draw.choice(TOPICS), draw.choice(TOPICS)
    text = f"{WORK} Item: {topic} and {other} by {who} in turn {turn} of the list."
    if not hand:
        words = " ".join(f"{who}x{draw.randrange(9_999)}" for _ in range(3))
        text = f"{draw.choice(('why', 'when', 'how'))} {words} {topic}"
    return {
        "account": who,
        "at": stamp(at),
        "ip": f"10.0.{turn % 3}.{draw.randrange(3)}" if hand else f"10.{1 + int(who[-3:])}.0.{len(who)}",
        "prompt": text,
        "input_tokens": len(text) // 4,
        "output_tokens": 400 if hand else 100,
        "model": "m-1",
        "context_sha256": None if hand else [f"{who} {turn}"],
    }
