"""Portkey: the export of its gateway's logs."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="portkey",
    title="Portkey log export",
    follows="Portkey: Logs Export, available export fields",
    marks=("id", "created_at", "ai_model | ai_org", "req_units | res_units | response_status_code | request"),
    tables={
        "interactions": mapping(
            explode="data[] | @",
            columns=fields(
                account="json(metadata)._user | json(metadata).user_id | json(metadata).user",
                at="created_at",
                interaction="id",
                prompt="json(request).body | request",
                model="ai_model | json(request).body.model | json(request).model",
                input_tokens="req_units",
                output_tokens="res_units",
                finish_reason="json(response).choices[0].finish_reason | json(response).stop_reason"
                " | json(response).body.choices[0].finish_reason | json(response).body.stop_reason",
                ip="json(metadata).client_ip | json(metadata).ip | json(metadata).ip_address",
                user_agent="json(metadata).user_agent | json(request).headers['user-agent']",
                response_sha256="text_hash(answer(json(response)))",
            ),
        )
    },
    lacks="sign-ups, payments; address and client only where the application sends them as metadata; the"
    " user only where it sends _user. Virtual keys are the operator's own with the provider, so they name no"
    " account",
)
