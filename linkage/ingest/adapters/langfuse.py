"""Langfuse: generations among the observations of its exports, its API and its tables; traces of the same."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="langfuse",
    title="Langfuse observations",
    follows="Langfuse: Blob storage export field reference (observations_v2, observations);"
    " Observation of its public API; columns of its table observations",
    marks=("type", "trace_id | traceId", "start_time | startTime", "level"),
    tables={
        "interactions": mapping(
            explode="data[] | @",
            where="type == 'GENERATION'",
            columns=fields(
                account="user_id | userId | json(metadata).langfuse_user_id | json(metadata).user_id"
                " | json(metadata).userId | json(metadata).user_api_key_user_id",
                at="start_time | startTime",
                interaction="id",
                prompt="input",
                model="provided_model_name | providedModelName | model",
                input_tokens="json(usage_details).input | json(usageDetails).input | json(usage).input"
                " | promptTokens | prompt_tokens | inputUsage",
                output_tokens="json(usage_details).output | json(usageDetails).output | json(usage).output"
                " | completionTokens | completion_tokens | outputUsage",
                finish_reason="json(output).choices[0].finish_reason | json(output).finish_reason"
                " | json(output).stop_reason",
                ip="json(metadata).client_ip | json(metadata).ip | json(metadata).ip_address"
                " | json(metadata).requester_ip_address | json(metadata).attributes['client.address']",
                user_agent="json(metadata).user_agent | json(metadata).userAgent"
                " | json(metadata).attributes['user_agent.original']",
                response_sha256="text_hash(answer(json(output) || output))",
            ),
        )
    },
    lacks="sign-ups, payments, keys; address and client only where the application writes them into metadata;"
    " the user in the legacy export of observations, which names users in its file of traces alone",
)

TRACES = Adapter(
    name="langfuse-traces",
    title="Langfuse traces",
    follows="Langfuse: Trace, TraceWithDetails and TraceWithFullDetails of its public API; blob storage"
    " export of traces; columns of its table traces",
    marks=(
        "id",
        "timestamp",
        "input | userId | user_id",
        "htmlPath | project_id | projectId | totalCost | observations | sessionId | session_id",
    ),
    absent=("trace_id", "traceId"),
    tables={
        "interactions": mapping(
            explode="data[] | @",
            columns=fields(
                account="userId | user_id | json(metadata).langfuse_user_id | json(metadata).user_id"
                " | json(metadata).userId",
                at="timestamp",
                interaction="id",
                prompt="input",
                model="observations[0].model | json(metadata).model",
                ip="json(metadata).client_ip | json(metadata).ip | json(metadata).ip_address",
                user_agent="json(metadata).user_agent | json(metadata).userAgent",
                response_sha256="text_hash(answer(json(output) || output))",
            ),
        )
    },
    lacks="sign-ups, payments, keys; tokens; a model only where the first observation stands inside; address"
    " and client only where the application writes them into metadata. Beside observations that name users,"
    " traces say the same a second time: leave them out",
)
