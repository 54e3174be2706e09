"""Okta's System Log: events of its interface, one a line or a list."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_MADE = "(target[?type == 'User'].{})[0]"
_MAIL = _MADE.format("alternateId")

ADAPTER = Adapter(
    name="okta",
    title="Okta System Log",
    follows="Okta API reference: System Log, the LogEvent object",
    marks=("eventType", "published", "actor.id | actor.alternateId", "outcome.result | uuid"),
    tables={
        "accounts": mapping(
            columns=fields(
                account=_MADE.format("id"),
                created_at="published",
                email_domain=f"domain({_MAIL})",
                email_hash=f"domain({_MAIL}) && sha256({_MAIL})",
            ),
            where="eventType == 'user.lifecycle.create' && outcome.result != 'FAILURE'",
        ),
        # What was refused tells of somebody who tried, not of the account's owner.
        "sessions": mapping(
            columns=fields(
                account="actor.id",
                at="published",
                ip="client.ipAddress",
                user_agent="client.userAgent.rawUserAgent",
                device="device.id | debugContext.debugData.deviceFingerprint",
                asn="securityContext.asNumber",
            ),
            where="client.ipAddress && actor.type == 'User' && outcome.result != 'FAILURE'"
            " && outcome.result != 'DENY'",
        ),
    },
    lacks="prompts, models, tokens and payments; telephone numbers and countries of sign-ups; what was"
    " refused is left out, since it may be somebody else's",
)
