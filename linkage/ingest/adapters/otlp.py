"""OpenTelemetry: spans and log records of generative AI in documents of the OTLP protocol written as JSON."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping


def _any(*keys: str) -> str:
    """The first of several attributes that says something."""
    return " | ".join(f"attributes['{key}']" for key in keys)


_OPERATION = "attributes['gen_ai.operation.name']"
_OTHER_WORK = (
    "embeddings", "retrieval", "execute_tool", "create_agent", "invoke_agent", "invoke_workflow"
)  # fmt: skip
_MODELS = ("gen_ai.request.model", "gen_ai.response.model", "llm.request.type")
_INFERENCE = " && ".join(
    [
        f"({' || '.join(_any(key) for key in _MODELS)})",
        *(f"{_OPERATION} != '{work}'" for work in _OTHER_WORK),
    ]
)
"""A request to a model; the span of an agent repeats those inside it."""


def _where_there(key: str, expression: str) -> str:
    """An expression over all attributes, not asked where there is none of this key, to save its time."""
    return f"attributes['{key}'] && {expression} || `null`"


_INDEXED = _where_there(
    "gen_ai.prompt.0.content",
    "(attributes[?starts_with(key, 'gen_ai.prompt.') && ends_with(key, '.content')].value.stringValue)[-1]",
)
_INDEXED_SYSTEM = (
    "attributes['gen_ai.prompt.0.role'] == 'system' && attributes['gen_ai.prompt.0.content'] || `null`"
)
"""OpenLLMetry writes each message as attributes of its own: the last, and the first if it is the system's."""

_IN_EVENT = "(events[*].attributes[] | [?key == 'gen_ai.prompt'].value.stringValue | [0])"
_ANSWER = "attributes['gen_ai.output.messages']"
_ANSWERED, _ANSWERED_FIRST = "attributes['gen_ai.completion']", "attributes['gen_ai.completion.0.content']"
_SYSTEM = "gen_ai.system_instructions"
_ALL_PARTS = _where_there(
    _SYSTEM, f"join('\n', json((attributes[?key == '{_SYSTEM}'].value.stringValue)[0])[*].content)"
)

ADAPTER = Adapter(
    name="otlp",
    title="OpenTelemetry GenAI spans and events (OTLP JSON)",
    follows="OpenTelemetry: Semantic conventions for generative client AI spans and for Generative AI events,"
    " of today and to v1.36; OTLP File Exporter; attributes of OpenLLMetry",
    marks=("startTimeUnixNano | timeUnixNano | observedTimeUnixNano",),
    tables={
        "interactions": mapping(
            explode="resourceSpans[].scopeSpans[].spans[] | resourceLogs[].scopeLogs[].logRecords[]",
            where=_INFERENCE,
            columns=fields(
                account=_any(
                    "enduser.id",
                    "user.id",
                    "langfuse.user.id",
                    "traceloop.association.properties.user_id",
                    "ai.telemetry.metadata.userId",
                    "gen_ai.openai.request.user",
                    "llm.user",
                    "enduser.pseudo.id",
                ),
                at="startTimeUnixNano | timeUnixNano | observedTimeUnixNano",
                interaction=f"spanId | {_any('gen_ai.response.id')}",
                prompt=f"{_any('gen_ai.input.messages', 'gen_ai.prompt')} | {_INDEXED} | {_IN_EVENT}",
                system_prompt=f"{_ALL_PARTS} | attributes['{_SYSTEM}'][0].content | {_any(_SYSTEM)}"
                f" | {_INDEXED_SYSTEM}",
                model=_any("gen_ai.request.model", "gen_ai.response.model"),
                input_tokens=_any("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
                output_tokens=_any("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
                finish_reason="attributes['gen_ai.response.finish_reasons'][0] | "
                + _any("gen_ai.response.finish_reasons", "gen_ai.completion.0.finish_reason"),
                ip=_any("client.address", "http.client_ip"),
                user_agent=_any("user_agent.original", "http.user_agent"),
                response_sha256=f"text_hash(answer(json({_ANSWER}) || {_ANSWERED} || {_ANSWERED_FIRST}))",
            ),
        )
    },
    lacks="sign-ups, payments, keys; user, address and client only where the instrumentation adds enduser.id"
    " or user.id, client.address and user_agent.original; of OpenLLMetry's indexed messages only the"
    " last and the system's; older events, one for each message, are not read, since they name no model",
)
