"""Access logs of Envoy AI Gateway: JSON under names that its manual proposes."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_MODEL = "genai_model_name | gen_ai.request.model | genai_model_name_override | gen_ai.response.model"
_INPUT = "genai_tokens_input | gen_ai.usage.input_tokens | genai_input_tokens"
_OUTPUT = "genai_tokens_output | gen_ai.usage.output_tokens | genai_output_tokens"
_ACCOUNT = (
    "x-account-id", "x-account", "x-user-id", "x-user", "x-customer-id", "x-consumer-id",
    "x-consumer-username", "x-tenant-id", "x-org-id", "x-api-key-id", "x-client-id", "user_id",
    "user.id", "enduser.id", "jwt_sub",
)  # fmt: skip

ADAPTER = Adapter(
    name="envoy-ai-gateway",
    title="Envoy AI Gateway access logs",
    follows="Envoy AI Gateway documentation: Access Logs With AI/LLM/MCP Metadata (genai_*, gen_ai.*)",
    marks=(
        "start_time",
        "response_code | response_flags | upstream_cluster | route_name",
        f"{_MODEL} | genai_tokens_total | gen_ai.usage.total_tokens",
    ),
    tables={
        "interactions": mapping(
            columns=fields(
                account=" | ".join(_ACCOUNT),
                at="start_time",
                interaction="x-request-id | request_id",
                model=_MODEL,
                input_tokens=_INPUT,
                output_tokens=_OUTPUT,
                ip='chain("x-forwarded-for" || x_forwarded_for, downstream_remote_address)',
                user_agent="user-agent | user_agent",
                ja4="tls_ja4_fingerprint | ja4",
                api_key="x-api-key-id",
            ),
            where=f"{_MODEL} | {_INPUT} | {_OUTPUT}",
        )
    },
    lacks="prompts, answers and reasons for an answer's end; an account only where the format logs a header"
    " that names one; calls of tools (MCP) are left out",
)
