"""OpenAI: files of its batch interface, and the audit log of an organization."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_USER = "safety_identifier", "user", "metadata.user_id"

BATCH = Adapter(
    name="openai-batch",
    title="OpenAI batch input and output files",
    follows="OpenAI API: Batch, request input object and request output object",
    marks=("custom_id", "body.model | response.status_code | error.code"),
    tables={
        "interactions": mapping(
            columns=fields(
                account=" | ".join(f"{body}.{name}" for body in ("body", "response.body") for name in _USER),
                at="response.body.created | response.body.created_at",
                interaction="custom_id",
                prompt="body",
                model="body.model | response.body.model",
                input_tokens="response.body.usage.prompt_tokens | response.body.usage.input_tokens",
                output_tokens="response.body.usage.completion_tokens | response.body.usage.output_tokens",
                finish_reason="response.body.choices[0].finish_reason"
                " | response.body.incomplete_details.reason | response.body.status",
                response_sha256="text_hash(answer(json(response.body)))",
            )
        )
    },
    lacks="times in an input file; the user and the prompt in an output file, except that answers of the"
    " Responses interface repeat the user; addresses, clients, keys, sign-ups, payments",
    timeless=True,
)

_WHO = (
    "actor.session.user.id | actor.api_key.user.id | actor.api_key.service_account.id"
    " | actor.session.user.email | actor.api_key.user.email"
)
_EMAIL = "actor.session.user.email || actor.api_key.user.email"

AUDIT = Adapter(
    name="openai-audit",
    title="OpenAI audit log of an organization",
    follows="OpenAI API: Audit logs, the audit log object",
    marks=("id", "type", "effective_at"),
    tables={
        "sessions": mapping(
            explode="data[] | @",
            columns=fields(
                account=_WHO,
                at="effective_at",
                ip="actor.session.ip_address",
                user_agent="actor.session.user_agent",
                ja4="actor.session.ja4",
                asn="actor.session.ip_address_details.asn",
            ),
        ),
        "observations": mapping(
            explode="data[] | @",
            columns=fields(account=_WHO, at="effective_at"),
            unpivot={
                "api_key": "actor.api_key.id",
                "email_domain": f"domain({_EMAIL})",
                "email_hash": f"sha256({_EMAIL})",
            },
        ),
    },
    lacks="requests, prompts, models, tokens, payments; times of sign-up; addresses of what a key did",
)
