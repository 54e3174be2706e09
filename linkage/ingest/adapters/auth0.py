"""Auth0's tenant logs: of its interface, of a log stream, and of a stream through Amazon EventBridge."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_PLACES = ("data.", "detail.data.", "")
"""Where the event stands: in a stream, in a bus's message, by itself."""


def _of(*names: str, written: str = "{}") -> str:
    return " | ".join(written.format(place + name) for name in names for place in _PLACES)


_TYPE = "(data.type || detail.data.type || type || '')"
_ORGANISATION = _of("organization_id", "organization_name")
_MAIL = ("details.body.email", "user_name", "details.body.username")

ADAPTER = Adapter(
    name="auth0",
    title="Auth0 tenant logs",
    follows="Auth0 documentation: Log Event Type Codes, Log Streams, Logs of the Management API",
    marks=(
        "log_id | data.log_id | detail.log_id | detail.data.log_id",
        _of("date"),
        _of("type"),
        _of("user_id", "client_id", "connection", "ip"),
    ),
    tables={
        "accounts": mapping(
            columns=fields(
                account=_of("user_id"),
                created_at=_of("date"),
                email_domain=_of(*_MAIL, written="domain({})"),
                # A name without the sign of a mail address is no mail address.
                email_hash=_of(*_MAIL, written="domain({0}) && sha256({0})"),
                phone_hash=_of("details.body.phone_number", written="sha256({})"),
                country=_of("location_info.country_code"),
                organisation=_ORGANISATION,
            ),
            explode="logs[] | @",
            where=f"{_TYPE} == 'ss'",
        ),
        # Codes of what failed begin with f or limit_: they tell of somebody who tried, not of the account's
        # owner. Those of the interfaces for administrators (sapi, mgmt_api_read) have the server's address.
        "sessions": mapping(
            columns=fields(
                account=_of("user_id"),
                at=_of("date"),
                ip=_of("ip", "client_ip"),
                user_agent=_of("user_agent"),
                device=_of("details.device_id", "auth0_client.device_id"),
                ja4=_of("security_context.ja4"),
            ),
            explode="logs[] | @",
            where=f"(data.ip || detail.data.ip || ip) && !starts_with({_TYPE}, 'f')"
            f" && !starts_with({_TYPE}, 'limit') && {_TYPE} != 'sapi' && {_TYPE} != 'mgmt_api_read'",
        ),
    },
    lacks="prompts, models, tokens and payments; sign-ins that failed are left out, since they may be"
    " somebody else's",
)
