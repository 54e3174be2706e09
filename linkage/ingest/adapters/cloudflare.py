"""Cloudflare's logs as Logpush writes them: HTTP requests of a zone, and events of AI Gateway."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_USERS = (
    "account_id", "account", "user_id", "userId", "user", "customer_id", "customerId", "org_id",
    "organization_id", "tenant_id", "email",
)  # fmt: skip
"""Names under which providers of interfaces keep the account in metadata and headers of their own."""

_REQUEST = tuple(
    f"x-{name}"
    for name in (
        "account-id", "account", "user-id", "user", "customer-id", "consumer-custom-id",
        "consumer-username", "org-id", "organization-id", "tenant-id", "api-key-id",
    )
)  # fmt: skip
_RESPONSE = ("x-account-id", "x-user-id", "openai-organization", "anthropic-organization-id")
_COOKIES = ("account_id", "account", "user_id", "uid", "ajs_user_id")
_DEVICES = ("device_id", "deviceid", "ajs_anonymous_id", "_ga")


def _each(names: tuple[str, ...], written: str) -> str:
    return " | ".join(written.format(name) for name in names)


AI_GATEWAY = Adapter(
    name="cloudflare-ai-gateway",
    title="Cloudflare AI Gateway events",
    follows="Cloudflare Logs: Logpush datasets, AI Gateway Events (ai_gateway_events)",
    marks=("Gateway", "Provider", "Endpoint", "Timestamp"),
    tables={
        "interactions": mapping(
            columns=fields(
                account=_each(_USERS, "json(Metadata).{}"),
                at="Timestamp",
                model="Model | RequestedModel",
            )
        )
    },
    lacks="prompts and answers, whose bodies are encrypted and are not decoded; addresses, clients, tokens"
    " and ids of requests; an account only where the application sends one as metadata",
)

AI_GATEWAY_LOGS = Adapter(
    name="cloudflare-ai-gateway-logs",
    title="Cloudflare AI Gateway logs of its interface",
    follows="Cloudflare API reference: AI Gateway, Logs, List Gateway Logs",
    marks=(
        "created_at",
        "provider",
        "path",
        "tokens_in | tokens_out",
        "request_type | duration | status_code",
    ),
    tables={
        "interactions": mapping(
            columns=fields(
                account=_each(_USERS, "json(metadata).{}"),
                at="created_at",
                interaction="id",
                model="model",
                input_tokens="tokens_in",
                output_tokens="tokens_out",
            ),
            explode="result[] | @",
        )
    },
    lacks="prompts and answers, which stand in a log's own page; addresses and clients; an account only where"
    " the application sends one as metadata",
)

HTTP = Adapter(
    name="cloudflare-http",
    title="Cloudflare HTTP requests",
    follows="Cloudflare Logs: Logpush datasets, HTTP requests (http_requests), with custom fields",
    marks=("ClientIP", "EdgeStartTimestamp | EdgeEndTimestamp", "RayID | ClientRequestHost | EdgeColoCode"),
    tables={
        "sessions": mapping(
            columns=fields(
                account=" | ".join(
                    [
                        _each(_REQUEST, "json(RequestHeaders)['{}']"),
                        "json(RequestHeaders)['cf-access-authenticated-user-email']",
                        _each(_RESPONSE, "json(ResponseHeaders)['{}']"),
                        # The digest of a key knows it again and cannot be used to sign in.
                        "sha256(json(RequestHeaders)['x-api-key'])",
                        "sha256(json(RequestHeaders).authorization)",
                        _each(_COOKIES, "json(Cookies)['{}']"),
                    ]
                ),
                at="EdgeStartTimestamp | EdgeEndTimestamp",
                ip="ClientIP",
                user_agent="ClientRequestUserAgent",
                ja4="JA4",
                device=_each(_DEVICES, "json(Cookies)['{}']"),
                asn="ClientASN",
            )
        )
    },
    lacks="prompts, models and tokens; an account only where a custom field logs a header or a cookie that"
    " names one (x-account-id, x-user-id, authorization and such)",
)
