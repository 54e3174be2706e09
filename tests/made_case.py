"""A small case made by hand through the writer: one operator group, one explained group, strangers."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.case import CaseWriter
from linkage.explain import strength
from linkage.explain.findings import Examination
from linkage.schema import CASE, content_id
from linkage.settings.explain import Strength

DAY = 86_400_000_000
START = 1_772_323_200_000_000
"""2026-03-01, in microseconds."""

OPERATOR = [f"acct_{number:02d}" for number in range(6)]
FAMILY = [f"home_{number:02d}" for number in range(3)]
STRANGERS = ["lone_1", "lone_2"]
GROUP, HOME = "op-00000000aa", "op-00000000bb"

BY_DAY = [(day * 7) % 11 * 8 for day in range(1, 28)] + [130]
"""Requests of the group on 28 days: 1,234 in all."""

HOURS = "hours of the day"
SPREAD = "their registrations are spread over time like everybody's"
"""A point against a group that does not come from its examination."""

MARK = {
    "trait": "funding",
    "value": "virtual",
    "inside": 0.96,
    "outside": 0.18,
    "bits": 2.415037,
    "p_value": 1e-5,
}
"""What sets the group apart."""

SENTENCE = "list every assumption before the answer"

PRIOR, SMALL_PRIOR = -10.6, -31.0
MEANINGS = {
    "card": {
        "family": "payment",
        "meaning": "One card pays for both accounts; weighed by how few accounts it pays for.",
    },
    "rare template": {
        "family": "content",
        "meaning": "Both accounts fill in one rarely used text of instructions, with other contents.",
    },
    "day–night profile": {
        "family": "timing",
        "meaning": "The hours at which the two accounts work, compared with those of all accounts.",
    },
}


def observation(account: str, trait: str, value: str, family: str, **more: Any) -> dict[str, Any]:
    """One observation; its source row is `<table>:<row>`."""
    row = content_id(["row", account, trait, value])
    return {
        "observation": content_id([account, trait, value]),
        "account": account,
        "trait": trait,
        "value": value,
        "family": family,
        "first_at": START,
        "last_at": START + 3 * DAY,
        "count": 3,
        "source": f"{more.get('table', 'payments')}:{row}",
    }


def pair(left: str, right: str, signal: str, value: str, bits: float, **more: Any) -> dict[str, Any]:
    """One line of evidence."""
    family = MEANINGS[signal]["family"]
    trait = {"payment": "fingerprint", "content": "template", "timing": "hours"}[family]
    left, right = sorted((left, right))
    return {
        "left": left,
        "right": right,
        "signal": signal,
        "family": family,
        "value": value,
        "bits": bits,
        "detail": more.get("detail", "held by 8 of 400 accounts"),
        "left_observation": content_id([left, trait, value]) if family != "timing" else None,
        "right_observation": content_id([right, trait, value]) if family != "timing" else None,
    }


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that is not empty."""
    observations = [
        *(observation(a, "fingerprint", "card_1", "payment") for a in OPERATOR),
        *(observation(a, "template", "tmpl_9", "content", table="interactions") for a in OPERATOR),
        *(observation(a, "prompt", "prmt_9", "content", table="interactions") for a in OPERATOR),
        *(observation(a, "fingerprint", "card_2", "payment") for a in FAMILY),
        *(observation(a, "country", "SE", "registration", table="accounts") for a in [*OPERATOR, *STRANGERS]),
    ]
    evidence, links = [], []
    for members, signals in ((OPERATOR, 3), (FAMILY, 1)):
        for number, left in enumerate(members):
            for right in members[number + 1 :]:
                lines = [
                    pair(left, right, "card", "card_1" if signals == 3 else "card_2", 15.25),
                    pair(left, right, "rare template", "tmpl_9", 9.5),
                    pair(left, right, "day–night profile", HOURS, -1.75, detail=f"{HOURS} compared"),
                ][:signals]
                evidence += lines
                links.append(
                    {
                        "left": left,
                        "right": right,
                        "log_odds": PRIOR + sum(line["bits"] for line in lines),
                        "families": sorted({line["family"] for line in lines}),
                        "verdict": None,
                    }
                )
    return {
        "observations": observations,
        "prompts": [
            {
                "prompt": "prmt_9",
                "skeleton": f"{SENTENCE}: case <n>",
                "example": f"{SENTENCE.capitalize()}: case 7",
                "accounts": len(OPERATOR),
                "interactions": 1_234,
                "template": "tmpl_9",
            }
        ],
        "segments": [{"segment": "tmpl_9", "example": SENTENCE, "accounts": len(OPERATOR)}],
        "evidence": evidence,
        "links": links,
        "groups": [
            {
                "group": GROUP,
                "account": a,
                "membership": 1.0 if n < 5 else 0.6,
                "role": "core" if n < 5 else "fringe",
            }
            for n, a in enumerate(OPERATOR)
        ],
        "explained": [
            {
                "group": HOME,
                "account": a,
                "membership": 1.0,
                "role": "core",
                "reason": "one customer's own accounts",
            }
            for a in FAMILY
        ],
        "findings": [finding()],
        "rows": [
            {
                "row": each["source"].partition(":")[2],
                "table": each["source"].partition(":")[0],
                "file": f"{each['source'].partition(':')[0]}.csv",
                "line": 2 + number,
            }
            for number, each in enumerate(observations)
        ],
    }


OPEN = "op-00000000cc"
SETTLES = "ask the card processor who bought card_open"


def unresolved_tables() -> dict[str, list[dict[str, Any]]]:
    """The same case with the strangers as an unresolved group, on one card."""
    made = tables()
    left, right = STRANGERS
    made["observations"] += [observation(a, "fingerprint", "card_open", "payment") for a in STRANGERS]
    made["evidence"].append(pair(left, right, "card", "card_open", 15.25))
    made["links"].append(
        {"left": left, "right": right, "log_odds": PRIOR + 15.25, "families": ["payment"], "verdict": None}
    )
    open_question = {
        "reason": "one operator and another explanation account for it about equally well: one customer",
        "favours": 2.5,
        "settles": SETTLES,
    }
    made["unresolved"] = [
        {"group": OPEN, "account": a, "membership": 1.0 - n / 4, "role": "core", **open_question}
        for n, a in enumerate(STRANGERS)
    ]
    return made


def unresolved_receipt() -> dict[str, Any]:
    """The receipt of that case."""
    made = receipt()
    made["groups"][OPEN] = {
        "gates": [
            {
                "name": "one operator leads",
                "passed": False,
                "detail": lead("one customer"),
            }
        ],
        "enrichment": [],
        "against": [SPREAD],
        "examined": {},
        "by_day": [{"day": "2026-03-02", "count": 3}, {"day": "2026-03-09", "count": 4}],
        "competing": {
            "margin": 10.0,
            "missing": [],
            "favours": 2.5,
            "settles": SETTLES,
            "stories": [
                {"hypothesis": "one customer", "bits": 2.5},
                {"hypothesis": "event participants", "bits": 14.0},
            ],
            "features": [],
        },
    }
    return made


def finding() -> dict[str, Any]:
    """The one finding, with what later stages fill left empty."""
    return {
        "group": GROUP,
        "accounts": 6,
        "interactions": 1_234,
        "input_tokens": 456_789,
        "output_tokens": 9_876_543,
        "first_at": START,
        "last_at": START + 40 * DAY,
        "log_odds": 24.3,
        "q_value": None,
        "stability": 5.6 / 6,
        "families": ["content", "payment"],
        "distillation": None,
        "targets": None,
        "infrastructure": "unknown",
        "summary": summary([MARK]),
    }


def examined() -> dict[str, Any]:
    """What the examination of the one group found: one card holds it together."""
    whole = {"links": 15, "of": 15, "accounts": 6, "parts": [6], "alone": 0}
    broken = {"links": 4, "of": 15, "accounts": 3, "parts": [3, 3], "alone": 0}
    card = {
        "family": "payment",
        "values": [{"trait": "fingerprint", "value": "card_1", "holders": 8}],
        "more": 1,
        "accounts": 6,
        "bits": 228.75,
    }
    without_card = {"sources": [card], "remains": broken, "falls_apart": True}
    return {
        "accounts": 6,
        "core": 5,
        "fringe": 1,
        "stability": 5.6 / 6,
        "links": 15,
        "links_examined": 12,
        "whole": whole,
        "without_family": [
            {"family": "content", "remains": whole, "failed": []},
            {"family": "payment", "remains": broken, "failed": ["size", "families"]},
        ],
        "sources": [without_card],
        "smallest_set": without_card,
        "weakest_cut": {
            "sizes": [3, 3],
            "links": 4,
            "expected": 9.0,
            "ratio": 0.444444,
            "thin": True,
            "smaller_side": OPERATOR[3:],
        },
        "weakest_member": {
            "account": OPERATOR[5],
            "links": 2,
            "median_links": 5.0,
            "strongest_bits": 1.25,
            "membership": 0.6,
        },
        "counter_evidence": [
            {"signal": "day–night profile", "links": 15, "bits": -26.25, "strongest_bits": -1.75}
        ],
        "hours": {"alike": 0, "different": 15},
        "outliers": [
            {
                "difference": "name another country",
                "accounts": 2,
                "known": 6,
                "outside": 0.4,
                "examples": OPERATOR[:2],
            }
        ],
        "least_typical": [
            {"account": OPERATOR[0], "differences": ["name another country", "work at other hours"]}
        ],
        "agreement": [
            {
                "trait": "country",
                "family": "registration",
                "inside": 0.2,
                "outside": 0.15,
                "compared": 6,
                "like_strangers": True,
            },
            {
                "trait": "asn",
                "family": "network",
                "inside": None,
                "outside": None,
                "compared": 0,
                "like_strangers": False,
            },
        ],
        "benign_explanations": [
            {"explanation": "one household", "outcome": "fits", "figure": "6 accounts; 100% use one card"},
            {"explanation": "one campus", "outcome": "not enough to say", "figure": "no address is known"},
        ],
        "strength": {
            "level": "thin",
            "reasons": ["one source of evidence holds it together: fingerprint card_1"],
        },
    }


def points(found: dict[str, Any]) -> list[str]:
    """What speaks against the one group, in the words of a run."""
    return [*strength.against(Examination.from_json(found), Strength()), SPREAD]


def summary(marks: list[dict[str, Any]]) -> str:
    """What a run says of the one group as a whole."""
    (mark,) = marks
    apart = f"{mark['inside']:.0%} {mark['trait'].replace('_', ' ')} {mark['value']}"
    start = "6 accounts and 1,234 interactions, linked by content, payment"
    return f"{start}; set apart by {apart} ({mark['outside']:.0%} elsewhere)"


def lead(story: str) -> str:
    """What a run says of the unresolved group, where one operator does not lead."""
    return f"+2.5 bits against the best innocent story, {story}; 10.0 are needed"


def receipt() -> dict[str, Any]:
    """What a run would write of itself."""
    return {
        "inputs": [
            {
                "table": "payments",
                "file": "payments.csv",
                "bytes": 10,
                "sha256": "0" * 64,
                "rows": 12,
                "used": 9,
                "filtered": {"repeated row": 2},
                "quarantined": {"no account": 1},
                "unknown_columns": ["shoe_size"],
                "naive_times": 9,
            }
        ],
        "settings": {
            "links": {"link_bits": 0.0},
            "evidence": {"clique_degree": 50, "nearest_degree": 5_000, "min_propose_bits": 5.0},
            "groups": {"min_accounts": 5, "min_families": 2},
        },
        "scoring": {"prior_bits": PRIOR, "small_operator_prior_bits": SMALL_PRIOR},
        "signals": MEANINGS,
        "population": {"accounts": 400, "interactions": 9_000},
        "traits": {"other": ["shoe_size"]},
        "caps": [{"stage": "signals", "what": "accounts beyond the nearest 8 of a value", "count": 7}],
        "groups": {
            GROUP: {
                "gates": [{"name": "size", "passed": True, "detail": "6 accounts"}],
                "enrichment": [{**MARK}],
                "against": points(examined()),
                "examined": examined(),
                "by_day": [{"day": f"2026-03-{d:02d}", "count": each} for d, each in enumerate(BY_DAY, 1)],
                "registrations_by_day": [
                    {"day": "2026-02-27", "count": 4},
                    {"day": "2026-03-01", "count": 2},
                ],
                "hours": [0, 0, 10, 40, 90, 120, 184, 130, 120, 120, 110, 90, 80, 80, 40, 20, *[0] * 8],
            }
        },
    }


def write(
    path: Path, given: dict[str, list[dict[str, Any]]] | None = None, run: dict[str, Any] | None = None
) -> Path:
    """Write the case and return its folder."""
    with CaseWriter(path) as case:
        for name, rows in (given or tables()).items():
            case.table(name, arrow(name, rows))
        case.receipt(run or receipt())
    return path


def arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a table of the case's schema."""
    return pa.Table.from_pylist(rows, schema=CASE[name].schema)
