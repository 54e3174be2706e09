"""Azure Monitor: what Azure OpenAI and API Management log, in storage, event hubs and Log Analytics."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_CALLER = "json(properties).objectId | objectId_s | json(properties_s).objectId"
_CALLED = "time | requestTime_d | json(properties_s).requestTime | TimeGenerated | TimeGenerated [UTC]"

OPENAI = Adapter(
    name="azure-openai",
    title="Azure OpenAI diagnostic logs",
    follows="Azure OpenAI: Monitoring data reference, category RequestResponse; table AzureDiagnostics",
    marks=(
        "category == 'RequestResponse' || Category == 'RequestResponse' || requestTime_d",
        "correlationId | CorrelationId | objectId_s | operationName | OperationName",
        "time | TimeGenerated | TimeGenerated [UTC] | requestTime_d",
    ),
    tables={
        "interactions": mapping(
            explode="records[] | @",
            columns=fields(
                account=_CALLER,
                at=_CALLED,
                interaction="correlationId | CorrelationId",
                model="json(properties).modelName | json(properties).modelDeploymentName | modelName_s"
                " | modelDeploymentName_s | json(properties_s).modelName"
                " | json(properties_s).modelDeploymentName",
            ),
            epochs={"at": "dotnet_ticks"},
        ),
        # The last number of the caller's address is masked, so the network is known and no more.
        "observations": mapping(
            explode="records[] | @",
            columns=fields(account=_CALLER, at=_CALLED),
            unpivot={"prefix": "masked_network(callerIpAddress || CallerIPAddress || callerIPAddress)"},
            epochs={"at": "dotnet_ticks"},
        ),
    },
    lacks="prompts, answers, tokens, clients; the account of calls that a key authenticates, since only Entra"
    " ID gives an object id; sign-ups, payments; of an address only its network, since Azure masks the rest",
)

_PROPERTIES = "json(properties)"
_HEADERS = "json(json(properties).requestHeaders)"
_BODIES = (
    "json(json(properties).responseBody)",
    "json(json(properties).backendResponseBody)",
    "json(ResponseBody)",
    "json(BackendResponseBody)",
)


def _answered(*paths: str) -> str:
    """The first of several places in the first of the bodies of an answer that a gateway may log."""
    return " | ".join(f"{body}.{path}" for body in _BODIES for path in paths)


APIM = Adapter(
    name="azure-apim",
    title="Azure API Management gateway logs",
    follows="Azure API Management: Reference: Gateway log schema; table ApiManagementGatewayLogs",
    marks=(
        "category == 'GatewayLogs' || Category == 'GatewayLogs' || ApimSubscriptionId"
        " || apimSubscriptionId_s",
        "correlationId | CorrelationId",
        "time | TimeGenerated | TimeGenerated [UTC]",
    ),
    tables={
        "interactions": mapping(
            explode="records[] | @",
            columns=fields(
                account=f"{_PROPERTIES}.apimSubscriptionId | ApimSubscriptionId | apimSubscriptionId_s"
                f" | {_PROPERTIES}.userId | UserId | userId_s",
                at="time | TimeGenerated | TimeGenerated [UTC]",
                interaction="correlationId | CorrelationId",
                prompt=f"{_PROPERTIES}.requestBody | {_PROPERTIES}.backendRequestBody | RequestBody"
                " | BackendRequestBody | requestBody_s | backendRequestBody_s",
                model=f"json({_PROPERTIES}.requestBody).model | json({_PROPERTIES}.backendRequestBody).model"
                f" | json(RequestBody).model | json(BackendRequestBody).model | {_answered('model')}",
                input_tokens=_answered("usage.prompt_tokens", "usage.input_tokens"),
                output_tokens=_answered("usage.completion_tokens", "usage.output_tokens"),
                finish_reason=_answered("choices[0].finish_reason", "stop_reason"),
                ip=f"{_HEADERS}['X-Forwarded-For'] | json(RequestHeaders)['X-Forwarded-For']"
                " | callerIpAddress | CallerIpAddress | CallerIPAddress",
                user_agent=f"{_HEADERS}['User-Agent'] | json(RequestHeaders)['User-Agent']",
                response_sha256="text_hash(answer(" + " || ".join(_BODIES) + "))",
            ),
        )
    },
    lacks="sign-ups, payments, keys; bodies and headers unless the diagnostic setting logs them, and bodies"
    " beyond 8 kB. The log of language models (ApiManagementGatewayLlmLog) names no caller, so is not read",
)
