"""The names of what a community is weighed for, as tables, graph and reports have them."""

ONE_OPERATOR, UNKNOWN_OPERATOR = "one operator", "unknown operator"
"""What a community is weighed for, and the name it has among known operators."""

EVENT, TOOL, CUSTOMER = "event participants", "users of one tool or text", "one customer"
PLATFORM, RESELLER = "a platform's tenants", "a reseller's customers"
HIJACKED, UNRELATED = "hijacked accounts", "unrelated accounts"
INNOCENT = (EVENT, TOOL, CUSTOMER, PLATFORM, RESELLER, HIJACKED, UNRELATED)
"""The innocent hypotheses about a community; no operator of a list may have one of these names."""
