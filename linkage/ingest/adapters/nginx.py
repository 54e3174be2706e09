"""Access logs of nginx and Apache, as lines or as a table with nginx's variables for columns."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="nginx",
    title="nginx and Apache access logs",
    follows="common and combined log format of Apache's mod_log_config; variables of nginx's http_log_module",
    marks=("remote_addr", "time_local", "remote_user"),
    tables={
        "sessions": mapping(
            columns=fields(
                account="remote_user",
                at="time_local",
                ip="http_x_forwarded_for | remote_addr",
                user_agent="http_user_agent",
            )
        )
    },
    lacks="prompts, models, tokens, payments and sign-ups; an account only where the server logs one",
)
