"""Vertex AI: the table that request-response logging fills, as BigQuery exports it."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_USED = "json(full_response).usageMetadata"
_LAST_USED = "json(full_response)[-1].usageMetadata"
"""An answer that was streamed is a list of parts, of which the last counts the tokens."""

ADAPTER = Adapter(
    name="vertex",
    title="Vertex AI request-response logs",
    follows="Vertex AI: Log requests and responses (BigQuery table request_response_logging)",
    marks=("logging_time", "full_request | request_payload", "api_method | deployed_model_id | endpoint"),
    tables={
        "interactions": mapping(
            columns=fields(
                account="json(full_request).labels.user_id | json(full_request).labels.userid"
                " | json(full_request).labels.end_user | json(full_request).labels.user"
                " | json(full_request).metadata.user_id | json(request_payload[0]).metadata.user_id",
                at="logging_time",
                interaction="request_id",
                prompt="full_request | request_payload[0]",
                model="model | json(full_response).modelVersion | split(endpoint, '/', `-1`)",
                input_tokens=f"{_USED}.promptTokenCount | {_LAST_USED}.promptTokenCount"
                " | json(full_response).usage.input_tokens",
                output_tokens=f"{_USED}.candidatesTokenCount | {_LAST_USED}.candidatesTokenCount"
                " | json(full_response).usage.output_tokens",
                finish_reason="json(full_response).candidates[0].finishReason"
                " | json(full_response)[-1].candidates[0].finishReason | json(full_response).stop_reason",
                response_sha256="text_hash(answer(json(full_response)))",
            )
        )
    },
    lacks="the caller: an account only where the request carries a label user_id, userid, end_user or user,"
    " or Anthropic's metadata.user_id; addresses, clients, keys, sign-ups, payments",
)
