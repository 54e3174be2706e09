"""OpenAI's Responses interface: response objects as applications store them, and the events of streams."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping
from linkage.settings.ingest import TableMapping

_USER = "safety_identifier", "user", "metadata.user_id", "metadata.account_id"


def _requests(at: str, *, prompt: str, where: str = "") -> TableMapping:
    """What a response object says that stands at a place in each row."""
    return mapping(
        columns=fields(
            account=" | ".join(f"{at}{name}" for name in _USER),
            at=f"{at}created_at",
            interaction=f"{at}id",
            prompt=prompt,
            system_prompt=f"{at}instructions",
            model=f"{at}model",
            input_tokens=f"{at}usage.input_tokens",
            output_tokens=f"{at}usage.output_tokens",
            finish_reason=f"{at}incomplete_details.reason | {at}status",
            response_sha256=f"text_hash(answer(json({at}output)))",
        ),
        explode="" if where else "data[] | @",
        where=where,
    )


_ASKED = (
    "what was asked, which a response does not repeat: only where the application keeps `input` beside it;"
    " an account only where requests carry safety_identifier, user or metadata.user_id; addresses, clients,"
    " keys, sign-ups, payments"
)

OBJECTS = Adapter(
    name="openai-responses",
    title="OpenAI response objects",
    follows="OpenAI API: Responses, the response object",
    marks=("id", "created_at", "model", "status", "output[0].type"),
    tables={"interactions": _requests("", prompt="input | request.input")},
    lacks=_ASKED,
)

STREAM = Adapter(
    name="openai-responses-stream",
    title="OpenAI response streams",
    follows="OpenAI API: Responses, streaming events (response.created to response.completed)",
    marks=("type", "response.id | item_id", "sequence_number"),
    tables={
        "interactions": _requests(
            "response.",
            prompt="response.input",
            where="type == 'response.completed' || type == 'response.incomplete'"
            " || type == 'response.failed'",
        )
    },
    lacks=f"{_ASKED}; of a stream only its last event is read, which repeats the whole answer",
)
