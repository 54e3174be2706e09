"""Events of the Open Cybersecurity Schema Framework, as lines and as Amazon Security Lake's Parquet."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_USER = ("uid", "uid_alt", "email_addr", "name")
_MODEL = "ai_model.name || message_context.uid || message_context.name || message_context.prompt_tokens"


def _user(*places: str) -> str:
    return " | ".join(f"{place}.{name}" for place in places for name in _USER)


ADAPTER = Adapter(
    name="ocsf",
    title="OCSF authentication and API activity",
    follows="OCSF schema 1.1 to 1.8: classes Authentication and API Activity, profile AI Operation",
    marks=(
        "class_uid",
        "category_uid | type_uid",
        "metadata.version | metadata.product.name",
        "time | time_dt",
    ),
    tables={
        # A sign-in that failed tells of somebody who tried, not of the account's owner.
        "sessions": mapping(
            columns=fields(
                account=_user("user", "actor.user"),
                at="time | time_dt",
                ip="src_endpoint.ip",
                user_agent="http_request.user_agent",
                device="device.uid | src_endpoint.uid | src_endpoint.instance_uid",
                asn="src_endpoint.autonomous_system.number",
            ),
            where=f"(class_uid == `3002` && status_id != `2`) || (class_uid == `6003` && !({_MODEL}))",
        ),
        "interactions": mapping(
            columns=fields(
                account=_user("actor.user", "user"),
                at="time | time_dt",
                interaction="api.request.uid | metadata.uid | metadata.correlation_uid",
                prompt="api.request.data",
                model="ai_model.name",
                input_tokens="message_context.prompt_tokens",
                output_tokens="message_context.completion_tokens",
                ip="src_endpoint.ip",
                user_agent="http_request.user_agent",
                api_key="actor.user.credential_uid | actor.session.credential_uid",
                response_sha256="text_hash(answer(json(api.response.data)))",
            ),
            where=_MODEL,
        ),
    },
    lacks="sign-ups and payments; prompts only where api.request.data keeps them; sign-ins that failed are"
    " left out, since they may be somebody else's",
)
