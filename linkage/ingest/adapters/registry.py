"""All adapters, one line each."""

from linkage.errors import UsageError
from linkage.ingest.adapters import (
    anthropic,
    azure,
    bedrock,
    helicone,
    langfuse,
    litellm,
    nginx,
    openai,
    otlp,
    portkey,
    vertex,
)
from linkage.ingest.adapters.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    each.name: each
    for each in (
        anthropic.ADAPTER,
        azure.APIM,
        azure.OPENAI,
        bedrock.ADAPTER,
        helicone.ADAPTER,
        langfuse.ADAPTER,
        litellm.ADAPTER,
        nginx.ADAPTER,
        openai.AUDIT,
        openai.BATCH,
        otlp.ADAPTER,
        portkey.ADAPTER,
        vertex.ADAPTER,
    )
}


def adapter(name: str) -> Adapter:
    """The adapter of that name; raises UsageError naming those there are."""
    if name not in ADAPTERS:
        raise UsageError(f"no format is called {name!r}", hint=f"formats: {', '.join(sorted(ADAPTERS))}")
    return ADAPTERS[name]
