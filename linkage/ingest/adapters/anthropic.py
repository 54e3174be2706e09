"""Anthropic: requests of a message batch, and its results."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="anthropic-batch",
    title="Anthropic message batch requests and results",
    follows="Anthropic API: Create a Message Batch; Retrieve Message Batch results",
    marks=("custom_id", "params.model | result.type"),
    tables={
        "interactions": mapping(
            explode="requests[] | @",
            columns=fields(
                account="params.metadata.user_id",
                at="created_at",
                interaction="custom_id",
                prompt="params",
                model="params.model | result.message.model",
                input_tokens="result.message.usage.input_tokens",
                output_tokens="result.message.usage.output_tokens",
                finish_reason="result.message.stop_reason",
                response_sha256="text_hash(answer(json(result.message)))",
            ),
        )
    },
    lacks="times, unless created_at of the batch is added to each line; the user in a file of results, whose"
    " lines name none; addresses, clients, keys, sign-ups, payments",
    timeless=True,
)
