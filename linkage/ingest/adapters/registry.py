"""All adapters, one line each."""

from linkage.errors import UsageError
from linkage.ingest.adapters import (
    auth0,
    clerk,
    cloudflare,
    conversation_sets,
    elastic,
    envoy,
    kong,
    nginx,
    ocsf,
    okta,
    stripe,
)
from linkage.ingest.adapters.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    each.name: each
    for each in (
        auth0.ADAPTER,
        clerk.SESSIONS,
        clerk.USERS,
        cloudflare.AI_GATEWAY,
        cloudflare.HTTP,
        conversation_sets.LMSYS,
        conversation_sets.SHAREGPT,
        conversation_sets.WILDCHAT,
        elastic.ECS,
        elastic.HITS,
        envoy.ADAPTER,
        kong.ADAPTER,
        nginx.ADAPTER,
        ocsf.ADAPTER,
        okta.ADAPTER,
        stripe.EXPORT,
        stripe.OBJECTS,
    )
}


def adapter(name: str) -> Adapter:
    """The adapter of that name; raises UsageError naming those there are."""
    if name not in ADAPTERS:
        raise UsageError(f"no format is called {name!r}", hint=f"formats: {', '.join(sorted(ADAPTERS))}")
    return ADAPTERS[name]
