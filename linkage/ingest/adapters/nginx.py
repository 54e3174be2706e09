"""Access logs of nginx and Apache, as lines, or as JSON or a table with nginx's variables for names."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_ACCOUNT = (
    "remote_user", "http_x_account_id", "http_x_account", "http_x_user_id", "http_x_user",
    "http_x_customer_id", "http_x_consumer_username", "http_x_org_id", "jwt_claim_sub", "cookie_user_id",
    "upstream_http_x_account_id", "upstream_http_x_user_id", "sent_http_x_user_id",
)  # fmt: skip

ADAPTER = Adapter(
    name="nginx",
    title="nginx and Apache access logs",
    follows="common and combined log format of Apache's mod_log_config; variables of nginx's http_log_module",
    marks=(
        "remote_addr",
        "time_local | time_iso8601 | msec",
        "remote_user | request | request_uri | http_user_agent",
    ),
    tables={
        "sessions": mapping(
            columns=fields(
                # The digest of a key knows it again and cannot be used to sign in.
                account=" | ".join(_ACCOUNT) + " | sha256(http_x_api_key) | sha256(http_authorization)",
                at="time_iso8601 | time_local | msec",
                ip="chain(http_x_forwarded_for || http_x_real_ip, remote_addr)",
                user_agent="http_user_agent",
                ja4="http_ssl_ja4 | ssl_ja4 | ja4",
                device="cookie_device_id | http_x_device_id",
            )
        )
    },
    lacks="prompts, models, tokens, payments and sign-ups; an account only where the server logs one",
)
