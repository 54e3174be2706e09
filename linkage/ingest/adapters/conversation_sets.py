"""Published sets of conversations: ShareGPT, WildChat and LMSYS-Chat-1M."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

_ALONE = "accounts: each conversation counts as an account of its own; addresses, clients, tokens"

SHAREGPT = Adapter(
    name="sharegpt",
    title="ShareGPT conversations",
    follows="ShareGPT dumps and FastChat's training format (from and value, role and content)",
    marks=(
        "conversations[0].from | conversations[0].role",
        "conversations[0].value | conversations[0].content",
    ),
    tables={
        "interactions": mapping(
            columns=fields(
                account="id | conversation_id | idx",
                at="timestamp | create_time | created_at",
                interaction="id | conversation_id | idx",
                prompt="conversations",
                system_prompt="system | system_prompt",
                model="model",
            )
        )
    },
    lacks=f"{_ALONE}; mostly times and models",
    timeless=True,
)

WILDCHAT = Adapter(
    name="wildchat",
    title="WildChat conversations",
    follows="WildChat-1M and WildChat-4.8M: dataset cards",
    marks=("conversation_hash", "conversation[0].role", "model", "timestamp"),
    tables={
        "interactions": mapping(
            columns=fields(
                # The set counts its users by the hash of their address.
                account="hashed_ip | conversation[0].hashed_ip",
                at="timestamp",
                interaction="conversation_hash",
                prompt="conversation",
                model="model",
                user_agent="header['user-agent'] | conversation[0].header['user-agent']",
            )
        )
    },
    lacks="accounts, for which the hash of the address stands, so that no address is left to compare; tokens",
)

LMSYS = Adapter(
    name="lmsys-chat",
    title="LMSYS-Chat-1M conversations",
    follows="LMSYS-Chat-1M: dataset card and paper",
    marks=("conversation_id", "conversation[0].role", "model"),
    tables={
        "interactions": mapping(
            columns=fields(
                account="conversation_id",
                at="tstamp | timestamp",
                interaction="conversation_id",
                prompt="conversation",
                model="model",
            )
        )
    },
    lacks=f"{_ALONE}, times",
    timeless=True,
)
