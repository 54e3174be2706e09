"""LiteLLM's proxy: rows of its table of spend logs, and the payload that its logging callbacks are given."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_LAST_AGENT_TAG = "(json(request_tags)[?starts_with(@, 'User-Agent: ')])[-1]"
"""The proxy tags a request with its client's name, first without the version and then with it."""


def _unless_admin(user: str) -> str:
    """A user, unless it is the proxy's own name for its administrator, whose keys are of many."""
    return f"{user} != 'default_user_id' && {user} || `null`"


ADAPTER = Adapter(
    name="litellm",
    title="LiteLLM spend logs and standard logging payload",
    follows="LiteLLM: table LiteLLM_SpendLogs of the proxy's schema; StandardLoggingPayload Specification",
    marks=("call_type", "startTime", "endTime", "request_id | id"),
    tables={
        "interactions": mapping(
            columns=fields(
                account=f"end_user | {_unless_admin('user')} | json(metadata).user_api_key_end_user_id"
                f" | {_unless_admin('json(metadata).user_api_key_user_id')}"
                " | api_key | json(metadata).user_api_key_hash",
                at="startTime",
                interaction="request_id | id",
                prompt="messages | proxy_server_request",
                model="model | model_group",
                input_tokens="prompt_tokens | json(metadata).usage_object.prompt_tokens",
                output_tokens="completion_tokens | json(metadata).usage_object.completion_tokens",
                finish_reason="json(response).choices[0].finish_reason | json(response).stop_reason",
                ip="requester_ip_address | json(metadata).requester_ip_address",
                user_agent="user_agent | json(metadata).user_agent"
                f" | split({_LAST_AGENT_TAG}, 'User-Agent: ', `1`)",
                api_key="api_key | json(metadata).user_api_key_hash | json(metadata).user_api_key",
                response_sha256="text_hash(answer(json(response)))",
            )
        )
    },
    lacks="sign-ups, payments, fingerprints of connections; messages and responses unless the proxy is"
    " told to store prompts; the address only from versions that log it",
)
