"""Events in the Elastic Common Schema: lines, Kibana's CSV with dotted columns, and hits of an index."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping
from linkage.settings.ingest import TableMapping

_ACCOUNT = (
    "user.id", "user.email", "user.name", "client.user.id", "client.user.name", "source.user.id",
    "source.user.name", "labels.account_id", "labels.user_id",
)  # fmt: skip
_MODEL = ("gen_ai.request.model", "gen_ai.response.model")
_PROMPT = ("gen_ai.input.messages", "gen_ai.prompt", "gen_ai.request.messages")
_INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
_OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
_ANSWER = ("gen_ai.output.messages", "gen_ai.completion")
_ASKED = ("gen_ai", *_MODEL, *_PROMPT, *_INPUT, *_OUTPUT)


def _tables(inside: str, time: str) -> dict[str, TableMapping]:
    """The mappings of an event that stands under `inside`, a path with its point, or is the row itself."""

    def first(names: tuple[str, ...], written: str = "{}") -> str:
        return " | ".join(written.format(inside + name) for name in names)

    client = fields(
        account=first(_ACCOUNT),
        at=time,
        ip=first(("source.ip", "client.ip", "source.address")),
        user_agent=first(("user_agent.original",)),
        ja4=first(("tls.client.ja4", "tls.client.ja4_hash")),
    )
    # A table of Discover has a dash where an event has no such field, and a dash says nothing.
    asked = first(_ASKED).replace(" | ", " || ")
    category = ("event.category", "event.category[0]", "event.category[1]")
    signing_in = " || ".join(f"{inside}{place} == 'authentication'" for place in category)
    return {
        "interactions": mapping(
            columns=client
            | fields(
                interaction=first(("gen_ai.response.id", "event.id", "http.request.id", "trace.id")),
                prompt=first(_PROMPT),
                system_prompt=first(("gen_ai.system_instructions",)),
                model=first(_MODEL),
                input_tokens=first(_INPUT),
                output_tokens=first(_OUTPUT),
                finish_reason=first(("gen_ai.response.finish_reasons[0]", "gen_ai.response.finish_reason")),
                response_sha256=first(_ANSWER, "text_hash(answer(json({})))"),
            ),
            where=first(_ASKED),
        ),
        # A sign-in that failed tells of somebody who tried, not of the account's owner.
        "sessions": mapping(
            columns=client
            | fields(
                device=first(("device.id", "host.id")),
                asn=first(("source.as.number", "client.as.number")),
            ),
            where=f"!({asked}) && !({inside}event.outcome == 'failure' && ({signing_in}))",
        ),
    }


def _adapter(name: str, title: str, inside: str, time: str) -> Adapter:
    seen = ("ecs.version", "source.ip", "client.ip", "user_agent.original", "user.id", "gen_ai")
    return Adapter(
        name=name,
        title=title,
        follows="Elastic Common Schema 8 and 9: fields of user, source, client, user agent, TLS and Gen AI",
        marks=(time, " | ".join(inside + each for each in seen)),
        tables=_tables(inside, time),
        lacks="sign-ups and payments; accounts, prompts and tokens only where the fields of user and of"
        " gen_ai are filled; sign-ins that failed are left out, since they may be somebody else's",
    )


ECS = _adapter("elastic-ecs", "Elastic Common Schema events", "", "@timestamp")
HITS = _adapter("elastic-ecs-hits", "hits of an Elasticsearch index", "_source.", "_source['@timestamp']")
