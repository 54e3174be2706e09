"""All adapters, one line each."""

from difflib import get_close_matches

from linkage.errors import UsageError
from linkage.ingest.adapters import (
    anthropic,
    auth0,
    azure,
    bedrock,
    clerk,
    cloudflare,
    conversation_sets,
    elastic,
    envoy,
    helicone,
    kong,
    langfuse,
    litellm,
    nginx,
    ocsf,
    okta,
    openai,
    openai_responses,
    otlp,
    portkey,
    stripe,
    vertex,
)
from linkage.ingest.adapters.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    each.name: each
    for each in (
        anthropic.ADAPTER,
        auth0.ADAPTER,
        azure.APIM,
        azure.OPENAI,
        bedrock.ADAPTER,
        clerk.SESSIONS,
        clerk.USERS,
        cloudflare.AI_GATEWAY,
        cloudflare.AI_GATEWAY_LOGS,
        cloudflare.HTTP,
        conversation_sets.LMSYS,
        conversation_sets.SHAREGPT,
        conversation_sets.WILDCHAT,
        elastic.ECS,
        elastic.HITS,
        envoy.ADAPTER,
        helicone.ADAPTER,
        kong.ADAPTER,
        langfuse.ADAPTER,
        langfuse.TRACES,
        litellm.ADAPTER,
        nginx.ADAPTER,
        ocsf.ADAPTER,
        okta.ADAPTER,
        openai.AUDIT,
        openai.BATCH,
        openai_responses.OBJECTS,
        openai_responses.STREAM,
        otlp.ADAPTER,
        portkey.ADAPTER,
        stripe.EXPORT,
        stripe.OBJECTS,
        vertex.ADAPTER,
    )
}


def adapter(name: str) -> Adapter:
    """The adapter of that name; raises UsageError naming those there are."""
    if name not in ADAPTERS:
        near = get_close_matches(name, ADAPTERS, n=1)
        hint = f"nearest: {near[0]}" if near else f"formats: {', '.join(sorted(ADAPTERS))}"
        raise UsageError(f"no format is called {name!r}", hint=hint)
    return ADAPTERS[name]
