"""Stripe: charges and payment methods as its interface gives them, and the dashboard's export of payments."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_KEYS = ("account_id", "account", "user_id", "userId", "user", "customer_id", "org_id", "organization_id")
"""Names under which providers keep their own account in the metadata of a payment."""

_CARDS = ("payment_method_details.card", "payment_method_details.card_present", "card", "source")
_BANKS = (
    "us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit", "acss_debit",
)  # fmt: skip
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
_LACKS = (
    "addresses of clients, prompts, models and sign-ups; a card's first digits and bank only where Stripe"
    " gives them"
)


def _card(*names: str) -> str:
    return " | ".join(f"{card}.{name}" for name in names for card in _CARDS)


def _bank(name: str) -> str:
    return " | ".join(f"{place}{bank}.{name}" for place in ("payment_method_details.", "") for bank in _BANKS)


def _postal(street: str, parts: tuple[str, ...]) -> str:
    """The digest of an address that has a street: a country alone is no address."""
    return f"{street} && sha256(join(' ', [{', '.join(parts)}][?@]))"


OBJECTS = Adapter(
    name="stripe",
    title="Stripe charges and payment methods",
    follows="Stripe API reference: the Charge object, the PaymentMethod object, lists",
    marks=(
        "object == 'charge' || object == 'payment_method'",
        "payment_method_details | source | card | billing_details",
        "created",
    ),
    tables={
        "payments": mapping(
            columns=fields(
                account=" | ".join(f"metadata.{key}" for key in _KEYS) + " | customer.id | customer",
                at="created",
                fingerprint=f"{_card('fingerprint')} | {_bank('fingerprint')}",
                bin=_card("iin", "bin"),
                issuer=f"{_card('issuer')} | {_bank('bank_name')} | {_bank('bank_code')}",
                funding=_card("funding"),
                country=f"{_card('country')} | {_bank('country')}",
                billing_hash=_postal(
                    "billing_details.address.line1", tuple(f"billing_details.address.{x}" for x in _ADDRESS)
                ),
            ),
            explode="data[] | @",
        )
    },
    lacks=_LACKS,
)

EXPORT = Adapter(
    name="stripe-export",
    title="Stripe's export of payments",
    follows="Stripe dashboard: export of (unified) payments with all columns and metadata",
    marks=(
        '"Created date (UTC)" | "Created (UTC)"',
        '"Card Fingerprint" | "Card Funding" | "Card Issue Country" | "Card ID" | "Card Brand"',
        "id",
    ),
    tables={
        "payments": mapping(
            columns=fields(
                account=" | ".join(f'"{key} (metadata)"' for key in _KEYS) + ' | "Customer ID"',
                at='"Created date (UTC)" | "Created (UTC)"',
                fingerprint='"Card Fingerprint"',
                issuer='"Card Issuer"',
                funding='"Card Funding"',
                country='"Card Issue Country"',
                billing_hash=_postal(
                    '"Card Address Line1"',
                    tuple(
                        f'"Card Address {name}"'
                        for name in ("Line1", "Line2", "City", "State", "Zip", "Country")
                    ),
                ),
            )
        )
    },
    lacks=_LACKS,
)
