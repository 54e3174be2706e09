"""Helicone: requests with their responses, from its export tool, its API or its table."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="helicone",
    title="Helicone requests",
    follows="Helicone: Export Data; Get Requests (HeliconeRequest); table request_response_rmt",
    marks=("request_id", "request_created_at", "response_created_at | response_id | organization_id"),
    tables={
        "interactions": mapping(
            explode="data[] | @",
            columns=fields(
                account="request_user_id | user_id | json(request_properties).user_id"
                " | helicone_proxy_key_id | proxy_key_id",
                at="request_created_at",
                interaction="request_id",
                prompt="request_body | request_prompt",
                model="request_model | model | response_model | model_override",
                input_tokens="prompt_tokens",
                output_tokens="completion_tokens",
                finish_reason="json(response_body).choices[0].finish_reason | json(response_body).stop_reason"
                " | json(response_body).candidates[0].finishReason",
                ip="request_ip | request_ip_address",
                user_agent="json(request_properties)['User-Agent'] | json(request_properties)['user-agent']",
                api_key="helicone_proxy_key_id | proxy_key_id",
                response_sha256="text_hash(answer(json(response_body)))",
            ),
        )
    },
    lacks="sign-ups, payments; addresses in today's export, which gives a country alone; the client, unless"
    " the application sends it as a property; bodies unless the export includes them",
)
