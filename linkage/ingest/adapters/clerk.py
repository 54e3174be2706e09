"""Clerk: users as the dashboard and the interface export them, and sessions of the interface."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_MAIL = ("primary_email_address", "email_addresses[0].email_address", "verified_email_addresses[0]")
_PHONE = ("primary_phone_number", "phone_numbers[0].phone_number", "verified_phone_numbers[0]")

USERS = Adapter(
    name="clerk-users",
    title="Clerk users",
    follows="Clerk documentation: Export your users; Backend API reference, the User object",
    marks=("starts_with(id, 'user_')", " | ".join((*_MAIL, *_PHONE, "username"))),
    tables={
        "accounts": mapping(
            columns=fields(
                account="id",
                created_at="created_at",
                email_domain=" | ".join(f"domain({each})" for each in _MAIL),
                email_hash=" | ".join(f"sha256({each})" for each in _MAIL),
                phone_hash=" | ".join(f"sha256({each})" for each in _PHONE),
                organisation="organization_memberships[0].organization.id",
            ),
            explode="data[] | @",
        )
    },
    lacks="countries, referrers, plans and payments; of several addresses the first; time of the sign-up only"
    " where the export has created_at",
)

SESSIONS = Adapter(
    name="clerk-sessions",
    title="Clerk sessions",
    follows="Clerk documentation: Backend API reference, the Session object with its latest activity",
    marks=("starts_with(id, 'sess_')", "user_id", "client_id"),
    tables={
        "sessions": mapping(
            columns=fields(
                account="user_id",
                at="last_active_at | created_at",
                ip="latest_activity.ip_address",
                device="client_id",
            ),
            explode="data[] | @",
        )
    },
    lacks="the client's own words about itself (Clerk keeps a browser's name and version); of a session's"
    " addresses the latest",
)
