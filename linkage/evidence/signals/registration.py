"""Signals from how and when the accounts were opened."""

from linkage.evidence.signals.signal import Shared, signal


@signal("e-mail address", "registration")
def email_hash() -> Shared:
    """Both accounts were registered with one e-mail address."""
    return Shared("email_hash", agreement=0.5)


@signal("telephone number", "registration")
def phone_hash() -> Shared:
    """Both accounts were registered with one telephone number."""
    return Shared("phone_hash", agreement=0.5)


@signal("e-mail domain", "registration")
def email_domain() -> Shared:
    """Both accounts' e-mail addresses lie under one domain. Worth nothing for the large providers, whose
    domains are common, and nothing inside a firm that shows its own domain openly."""
    return Shared("email_domain", agreement=0.5, floor=0.001, proposes=False)


@signal("address pattern", "registration", needs="email_domain|address_pattern")
def address_pattern() -> Shared:
    """The accounts' e-mail addresses follow one machine-made pattern: runs of letters and digits of the
    same lengths in the same order."""
    return Shared("address_pattern", agreement=0.5, floor=0.002, proposes=False)


@signal("referrer", "registration")
def referrer() -> Shared:
    """Both accounts arrived by one referring page or campaign. Tutorials and newsletters bring many
    unrelated people, so only rare ones count for much."""
    return Shared("referrer", agreement=0.3, floor=0.002, proposes=False)


@signal("registration burst", "registration", needs="created_at|registration_burst", one_go=True)
def registration_burst() -> Shared:
    """Both accounts were opened in one short window in which registrations ran far above the rate of the
    surrounding days (scan statistic). Launch days do this too, with thousands of accounts, and then it
    counts for little."""
    return Shared("registration_burst", agreement=0.3, floor=0.001, proposes=False)
