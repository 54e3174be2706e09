"""The graph: every label and relationship type, their keys and their properties.

Nothing else may become a label, a type or a property name; values are always parameters. Every node and
relationship carries `case` and `run` beside what stands here, and a key is unique within its case.
"""

from dataclasses import dataclass

import pyarrow as pa

VERSION = 7
"""Changes with what a push makes of an unchanged case: no ledger of another version is gone on with."""

FAMILIES = ("content", "device", "lineage", "network", "other", "payment", "registration", "timing")
"""Families whose bits a link keeps apart; those that a settings file declares count as `other`."""

VECTORS = "linkage_prompts"
"""Name of the vector index."""


_BASIC = {"text": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
KINDS: dict[str, pa.DataType] = {
    **_BASIC,
    **{f"{name}[]": pa.list_(kind) for name, kind in _BASIC.items()},
    "at": pa.int64(),
    "vector": pa.list_(pa.float32()),
}
"""What a property may hold, as a column; `at` is a moment, as microseconds since 1970 on its way."""


@dataclass(frozen=True)
class Property:
    """A property and what it holds: one of KINDS."""

    name: str
    kind: str = "text"


@dataclass(frozen=True)
class Nodes:
    """One label: the properties that with `case` identify a node, and the others."""

    label: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]

    @property
    def name(self) -> str:
        """What the rows of this table are called."""
        return self.label

    @property
    def columns(self) -> list[str]:
        """The columns of a row, in the order in which they are sent."""
        return [*self.key, *(each.name for each in self.properties)]

    @property
    def keys(self) -> list[str]:
        """The columns that the database indexes."""
        return list(self.key)


@dataclass(frozen=True)
class Relationships:
    """One type between two labels. A row holds the start node's key (`from_…`), the end node's (`to_…`), and
    the properties."""

    type: str
    start: Nodes
    end: Nodes
    properties: tuple[Property, ...]

    @property
    def name(self) -> str:
        """What the rows of this table are called."""
        return f"{self.start.label} {self.type} {self.end.label}"

    @property
    def columns(self) -> list[str]:
        """The columns of a row, in the order in which they are sent."""
        return [*self.keys, *(each.name for each in self.properties)]

    @property
    def keys(self) -> list[str]:
        """The columns by which the two nodes are found."""
        return [*(f"from_{key}" for key in self.start.key), *(f"to_{key}" for key in self.end.key)]


Part = Nodes | Relationships


def arrow_schema(part: Part) -> pa.Schema:
    """The columns of the rows of a part, with their types."""
    keys = [pa.field(name, pa.string()) for name in part.keys]
    return pa.schema([*keys, *(pa.field(each.name, KINDS[each.kind]) for each in part.properties)])


def _properties(text: str) -> tuple[Property, ...]:
    return tuple(Property(*column.split(":")) for column in text.split())


def _nodes(label: str, key: str, properties: str) -> Nodes:
    return Nodes(label, tuple(key.split()), _properties(properties))


CASE = _nodes(
    "Case",
    "id",
    "accounts:int accounts_loaded:int interactions:int observations:int links:int pairs_compared:int"
    " groups:int unresolved:int explained:int seed:int settings_digest everything:bool with_text:bool"
    " link_bits:float prior_bits:float small_operator_prior_bits:float"
    " input_table:text[] input_file:text[]"
    " input_rows:int[] input_used:int[] input_filtered:int[] input_quarantined:int[]"
    " quarantine_table:text[] quarantine_reason:text[] quarantine_rows:int[]"
    " cap_stage:text[] cap_what:text[] cap_count:int[] left_out_what:text[] left_out_count:int[]",
)
ACCOUNT = _nodes(
    "Account",
    "id",
    "created_at:at country plan organisation email_domain referrer prompts:int first_at:at last_at:at"
    " group role",
)
IP = _nodes("IP", "address", "accounts:int")
NETWORK = _nodes("Network", "prefix", "accounts:int")
DEVICE = _nodes("Device", "kind fingerprint", "accounts:int")
PAYMENT_METHOD = _nodes("PaymentMethod", "kind fingerprint", "accounts:int")
TRAIT = _nodes("Trait", "trait value", "name family accounts:int")
"""`name`, here and below: the value, or the text behind an id; where no text is loaded, what the id means."""

PROMPT = _nodes("PromptEmbedding", "id", "name accounts:int interactions:int example embedding:vector")
TEMPLATE = _nodes(
    "Template",
    "id",
    "name prompts:int accounts:int interactions:int first_at:at last_at:at cohesion:float example",
)
OPERATOR_GROUP = _nodes(
    "OperatorGroup",
    "id",
    "name accounts:int interactions:int input_tokens:int output_tokens:int first_at:at last_at:at"
    " log_odds:float q_value:float stability:float families:text[]"
    " distillation:float target_names:text[] target_shares:float[] infrastructure summary against:text[]"
    " verdict verdict_reason verdict_by change was:text[] unknown_operator:float"
    " event_participants:float tool_users:float one_customer:float platform_tenants:float"
    " reseller_customers:float hijacked_accounts:float unrelated_accounts:float"
    " without_family:text[] without_links:int[] without_of:int[] without_accounts:int[] without_passes:bool[]"
    " days:text[] day_interactions:int[] registration_days:text[] registration_counts:int[] hours:int[]"
    " workload:float inside_links:int inside_family:text[] inside_family_links:int[]"
    " inside_family_bits:float[] inside_family_against:int[]",
)
UNREPORTED_GROUP = _nodes(
    "UnreportedGroup",
    "id",
    "name outcome accounts:int reason favours:float settles against:text[]"
    " verdict verdict_reason verdict_by change was:text[]",
)
"""A group that is not reported: `outcome` is `unresolved` or `explained`. One label holds both, so that
no question about operator groups finds either."""

OPERATOR = _nodes("Operator", "name", "")

NODES = (
    CASE, ACCOUNT, IP, NETWORK, DEVICE, PAYMENT_METHOD, TRAIT, PROMPT, TEMPLATE, OPERATOR_GROUP,
    UNREPORTED_GROUP, OPERATOR,
)  # fmt: skip

_SEEN = _properties("count:int first_at:at last_at:at observation")
_MEMBER = _properties(
    "membership:float role prompts:int own_prompts:int links:int content_links:int bits:float evidence:text[]"
)

USED_IP = Relationships("USED_IP", ACCOUNT, IP, _SEEN)
IP_NETWORK = Relationships("IN_NETWORK", IP, NETWORK, ())
ACCOUNT_NETWORK = Relationships("IN_NETWORK", ACCOUNT, NETWORK, _SEEN)
USED_DEVICE = Relationships("USED_DEVICE", ACCOUNT, DEVICE, _SEEN)
PAID_WITH = Relationships("PAID_WITH", ACCOUNT, PAYMENT_METHOD, _SEEN)
HAS_TRAIT = Relationships("HAS_TRAIT", ACCOUNT, TRAIT, _SEEN)
SENT = Relationships("SENT", ACCOUNT, PROMPT, _SEEN)
PROMPT_TEMPLATE = Relationships("IN_TEMPLATE", PROMPT, TEMPLATE, ())
ACCOUNT_TEMPLATE = Relationships("IN_TEMPLATE", ACCOUNT, TEMPLATE, _SEEN)
NEAR_DUPLICATE = Relationships("NEAR_DUPLICATE", PROMPT, PROMPT, _properties("similarity:float method"))
LINKED_TO = Relationships(
    "LINKED_TO",
    ACCOUNT,
    ACCOUNT,
    _properties(
        "log_odds:float bits:float families:text[] verdict reasons:int signals:text[] evidence:text[]"
        " across:bool hand_over:bool against:float " + " ".join(f"bits_{family}:float" for family in FAMILIES)
    ),
)
MARKS = ("across", "hand_over", "against")
"""Properties of a link that few have, so that an index finds those: `across` where its ends are not in one
reported group, `hand_over` where one account took over from the other, `against` the lowest bits of a family
that are below 0. A group of some thousand accounts has half a million links: a question may not read all."""

GROUP_MEMBER = Relationships("MEMBER_OF", ACCOUNT, OPERATOR_GROUP, _MEMBER)
UNREPORTED_MEMBER = Relationships("MEMBER_OF", ACCOUNT, UNREPORTED_GROUP, _MEMBER)
ATTRIBUTED_TO = Relationships(
    "ATTRIBUTED_TO", OPERATOR_GROUP, OPERATOR, _properties("name log_odds:float confidence")
)
JUDGED = Relationships("JUDGED", ACCOUNT, ACCOUNT, _properties("verdict reason who"))

RELATIONSHIPS = (
    USED_IP, IP_NETWORK, ACCOUNT_NETWORK, USED_DEVICE, PAID_WITH, HAS_TRAIT, SENT, PROMPT_TEMPLATE,
    ACCOUNT_TEMPLATE, NEAR_DUPLICATE, LINKED_TO, GROUP_MEMBER, UNREPORTED_MEMBER, ATTRIBUTED_TO, JUDGED,
)  # fmt: skip

PARTS: tuple[Part, ...] = (*NODES, *RELATIONSHIPS)
"""Everything that is loaded, in this order: a relationship finds its nodes there."""

LABELS = tuple(each.label for each in NODES)
TYPES = tuple(dict.fromkeys(each.type for each in RELATIONSHIPS))

FORMER_LABELS = ("ExplainedGroup",)
"""Labels that earlier versions loaded. A push leaves no node of its case under one of them."""
