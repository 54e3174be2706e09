"""Entries of Kong Gateway's logging plugins (File Log, HTTP Log), with AI statistics or without."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_PLUGINS = ("ai.proxy", "ai['ai-proxy']", "ai['ai-proxy-advanced']")
"""Under what the statistics stand: today's name, and former ones."""

_ACCOUNT = (
    "consumer.custom_id | consumer.username | consumer.id | request.headers['x-consumer-custom-id']"
    " | request.headers['x-consumer-username'] | request.headers['x-consumer-id'] | authenticated_entity.id"
    " | request.headers['x-credential-identifier']"
)
_CLIENT = fields(
    account=_ACCOUNT,
    at="started_at",
    ip="chain(request.headers['x-forwarded-for'], client_ip)",
    user_agent="request.headers['user-agent']",
)


def _ai(*paths: str) -> str:
    return " | ".join(f"{plugin}.{path}" for path in paths for plugin in _PLUGINS)


ADAPTER = Adapter(
    name="kong",
    title="Kong Gateway logs",
    follows="Kong documentation: File Log and HTTP Log plugins' log format; AI Gateway audit log reference",
    marks=("started_at", "client_ip", "latencies", "request.method | request.uri | request.url"),
    tables={
        "interactions": mapping(
            columns=_CLIENT
            | fields(
                interaction="request.id | request.headers['x-request-id']"
                " | request.headers['kong-request-id']",
                prompt="ai.payload.request | " + _ai("payload.request"),
                model=_ai("meta.request_model", "meta.response_model"),
                input_tokens=_ai("usage.prompt_tokens", "usage.prompt_token"),
                output_tokens=_ai("usage.completion_tokens", "usage.completion_token"),
                finish_reason=" | ".join(
                    f"json({plugin}.payload.response).choices[0].finish_reason" for plugin in _PLUGINS
                ),
                api_key="authenticated_entity.id",
                response_sha256=" | ".join(
                    f"text_hash(answer(json({plugin}.payload.response)))" for plugin in _PLUGINS
                ),
            ),
            where="ai",
        ),
        "sessions": mapping(columns=_CLIENT, where="!ai"),
    },
    lacks="sign-ups and payments; prompts and answers only with the plugin's log_payloads; an account only"
    " where a plugin authenticates the consumer",
)
