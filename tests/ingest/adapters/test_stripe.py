"""Stripe API reference: Charge, PaymentMethod, lists; the dashboard's export of payments."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

CARD = {"fingerprint": "Fp1", "iin": "400000", "issuer": "Bank", "funding": "prepaid", "country": "FI"}
HOME = {"line1": "1 Long Road", "line2": None, "city": "Town", "postal_code": "00100", "country": "FI"}
HASH = hashlib.sha256(b"1 long road town 00100 fi").hexdigest()


def charge(at: Any, customer: Any, address: Any = None, **given: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "object": "charge",
        "created": at,
        "customer": customer,
        "metadata": {},
        "billing_details": {"address": address or {"country": "FI"}},
        "payment_method_details": {"type": "card", "card": CARD},
        **given,
    }


CHARGES = [
    charge(1777881600, "cus_1", HOME),
    charge(1777881601, {"id": "cus_2", "object": "customer"}, metadata={"user_id": "acct-2"}),
    charge(1777881602, None),
    charge(
        1777881603,
        "cus_3",
        payment_method_details={"type": "sepa_debit", "sepa_debit": {"fingerprint": "Fp3", "country": "DE"}},
    ),
    charge("soon", ["cus"], {"line1": {"a": 1}}, payment_method_details={"card": "4000"}, metadata=None),
]
METHOD = {
    "id": "pm_1",
    "object": "payment_method",
    "created": 1777881604,
    "customer": "cus_4",
    "type": "card",
    "billing_details": {"address": HOME},
    "card": {"fingerprint": "Fp4", "funding": "credit", "country": "SE"},
    "metadata": {},
}
ADDRESS = ",".join(f"Card Address {name}" for name in ("Line1", "Line2", "City", "State", "Zip", "Country"))
HEADER = f"Customer ID,Card Funding,Card Issue Country,Card Fingerprint,{ADDRESS},user_id (metadata)"
EXPORT = (
    f"\ufeffid,Created date (UTC),{HEADER}\n"
    "ch_1,2026-05-04 08:00:00,cus_1,prepaid,FI,Fp1,1 Long Road,,Town,,00100,FI,\n"
    "ch_2,2026-05-04 08:00:01,cus_2,credit,SE,Fp2,,,,,,,acct-2\n"
    "ch_3,2026-05-04 08:00:02,,credit,SE,Fp2,,,,,,SE,\n"
)
FORMER = EXPORT.replace("Created date (UTC)", "Created (UTC)")

SAMPLES = {
    "stripe": {
        "charges.jsonl": lines(*CHARGES),
        "charges.json": json.dumps({"object": "list", "has_more": False, "data": CHARGES}),
        "payment_methods.json": json.dumps([METHOD]),
    },
    "stripe-export": {"unified_payments.csv": EXPORT, "payments.csv": FORMER},
}

START = micros("2026-05-04T08:00:00Z")
PREPAID = {"fingerprint": "Fp1", "bin": "400000", "issuer": "Bank", "funding": "prepaid", "country": "FI"}
EXPECTED = [
    {"account": "cus_1", "at": START, "billing_hash": HASH, **PREPAID},
    {"account": "acct-2", "at": START + 10**6, **PREPAID},
    {"account": "cus_3", "at": START + 3 * 10**6, "fingerprint": "Fp3", "country": "DE"},
]


def test_charges_one_a_line(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, {"charges.jsonl": lines(*CHARGES)}))
    assert tables == {"payments": EXPECTED}


def test_a_list_as_the_interface_answers(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, {"charges.json": SAMPLES["stripe"]["charges.json"]}))
    assert tables == {"payments": EXPECTED}


def test_a_country_alone_is_no_postal_address(tmp_path: Path) -> None:
    """Else all customers of a country would have one."""
    rows = read_rows(write(tmp_path, {"charges.jsonl": lines(*CHARGES)}))["payments"]
    assert ["billing_hash" in row for row in rows] == [True, False, False]


def test_payment_methods(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"methods.json": SAMPLES["stripe"]["payment_methods.json"]})) == {
        "payments": [
            {
                "account": "cus_4",
                "at": START + 4 * 10**6,
                "fingerprint": "Fp4",
                "funding": "credit",
                "country": "SE",
                "billing_hash": HASH,
            }
        ]
    }


def test_the_export_of_the_dashboard_under_both_names_of_its_time(tmp_path: Path) -> None:
    made = {"account": "cus_1", "at": START, "fingerprint": "Fp1", "funding": "prepaid", "country": "FI"}
    expected = [
        {**made, "billing_hash": HASH},
        {
            "account": "acct-2",
            "at": START + 10**6,
            "fingerprint": "Fp2",
            "funding": "credit",
            "country": "SE",
        },
    ]
    for name, content in SAMPLES["stripe-export"].items():
        assert read_rows(write(tmp_path / name.partition(".")[0], {"export.csv": content})) == {
            "payments": expected
        }
