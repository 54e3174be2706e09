"""The table of profiles: which operators a simulated population holds, and how careful each one is."""

from dataclasses import dataclass, field, replace

from linkage.lab.habits import Drip, Exits, Reseller

SHARED, ROTATING, RESIDENTIAL = "shared", "rotating", "residential"
OWN_BUILD, PINNED, VARIED = "own build", "pinned", "varied"
CATCH_ALL, DISPOSABLE, FREEMAIL = "catch-all", "disposable", "freemail"
ROUND_THE_CLOCK, HUMAN_LIKE = "round the clock", "human-like"


@dataclass(frozen=True)
class Hygiene:
    """How an operator hides, one knob per trail. What no knob touches is as an innocent's.

    Published accounts of such campaigns and the trackers of the tools they use give the range: one proxy
    per account, the official client's fingerprint, virtual cards, padding and paraphrase at the core;
    dozens of accounts on one line and one card at the careless edge.
    """

    accounts_per_card: float = 1.0
    """Cards cost money and time to get; the careless spread one over several accounts."""
    virtual: float = 0.9
    """Share of accounts on virtual cards (innocents: 0.18)."""
    bins: int = 2
    """Card ranges those come from: issuers that sell by the hundred are few."""
    accounts_per_billing: float = 1.0
    """Billing names and addresses are typed by a script from a list that may be short."""
    accounts_per_phone: float = 1.0
    """Numbers rented to receive one code are used again."""
    address: str = RESIDENTIAL
    """`shared` proxies, a `rotating` pool handed from account to account, or an own `residential` line."""
    addresses_per_account: float = 1.0
    """Size of the shared or rotating pool beside the number of accounts."""
    lease_hours: float = 240.0
    """Hours until an account's address changes."""
    bystanders: float = 0.2
    """Innocent customers of the same proxy service per operator account: anybody may rent there."""
    client: str = VARIED
    """An `own build` with a rare fingerprint, one `pinned` official build, or `varied` as everybody."""
    registration_days: float = 42.0
    """Days over which accounts are made."""
    registration_waves: int = 6
    """Sittings within these days: scripts run in batches."""
    email: str = FREEMAIL
    """One `catch-all` domain, `disposable` providers, or `freemail` as everybody."""
    paraphrase: float = 0.45
    """Share of a template's words changed from sending to sending."""
    filler: float = 1 / 3
    """Share of words that are padding."""
    templates: int = 8
    """Templates in use: each is several sentences around a slot."""
    in_system: float = 0.0
    """Share of templates sent as a system prompt, the slot alone as the prompt."""
    camouflage: float = 0.3
    """Share of requests that are everyday questions."""
    hours: str = HUMAN_LIKE
    """`round the clock`, or the `human-like` hours of an office."""
    run_length: int = 26
    """Requests an account gets before the dispatcher goes on to the next; 1 rotates per request. The default
    is the day's share per account in the largest published campaign (28.8 M, 25,000 accounts, 45 days)."""
    campaign_days: float = 45.0
    """Length of the campaign, after the same source."""
    repeats: float = 0.0
    """Share of tasks sent again by another account (a retry); all others leave the queue once."""
    echo: float = 0.0
    """Share of requests whose context holds a turn produced for a sibling account."""
    volume: float = 3.0
    """Requests per account beside the mean of the population: enough to pay, not to stand out."""
    model_lag_days: float = 1.0
    """Days until a new model gets the traffic (innocents: weeks)."""


@dataclass(frozen=True)
class Pool:
    """A reseller's accounts, through which an operator works among the reseller's innocent customers.

    Routers keep a customer on the same few accounts, since a provider's prompt cache is kept per account;
    when one of them is limited the next takes over, in the middle of a conversation.
    """

    others: float = 1.0
    """Accounts that serve innocent customers only, per account that carries the operator's work."""
    part: tuple[float, float] = (0.4, 0.8)
    """Operator's share of the requests of an account that carries his work: least and most."""
    slots: int = 4
    """Customers whose requests one account serves."""
    homes: int = 3
    """Accounts that serve one customer."""
    failover: float = 0.05
    """Share of customers' requests that another of the customer's accounts takes over."""

    @property
    def burden(self) -> float:
        """Most requests of the whole pool per request of the operator."""
        return (1 + self.others) / self.part[0]


@dataclass(frozen=True)
class Operator:
    """One operator: accounts per 20,000 of the population, the fewest there may be, and the hygiene."""

    per_20000: int
    hygiene: Hygiene
    fewest: int = 5
    pool: Pool | None = None
    exits: Exits | None = None
    drip: Drip | None = None
    reseller: Reseller | None = None
    """Operators of one reseller have the pool and the exits of the first, and accounts that live as his."""


CARD, BILLING, ADDRESS, CLIENT, TEMPLATE = "card", "billing", "address", "client", "template"


@dataclass(frozen=True)
class Framing:
    """Innocents on whom operators plant some of their own shared values, by a leaked key or a gift of credit.

    Victim number k (from 0) is given k modulo the number of values, and one, of them.
    """

    per_20000: int
    fewest: int = 20
    values: tuple[str, ...] = (CARD, BILLING, ADDRESS, CLIENT, TEMPLATE)
    requests: int = 3
    """Requests that plant the values which only requests have."""


@dataclass(frozen=True)
class Profile:
    """A population's operators, and what the profile is for."""

    why: str
    operators: tuple[Operator, ...] = ()
    framing: Framing | None = None
    known_benign: float = 0.0
    """Share of shared infrastructure that the `benign` table names; 0 writes no such table."""


SLOPPY = Hygiene(
    accounts_per_card=6,
    virtual=0.5,
    accounts_per_billing=6,
    accounts_per_phone=4,
    address=SHARED,
    addresses_per_account=0.1,
    lease_hours=48,
    client=OWN_BUILD,
    registration_days=3,
    registration_waves=2,
    email=DISPOSABLE,
    paraphrase=0.0,
    filler=0.0,
    templates=3,
    in_system=0.34,
    camouflage=0.05,
    hours=ROUND_THE_CLOCK,
    run_length=8,
    repeats=0.05,
    echo=0.03,
    volume=4.0,
)
MEDIUM = Hygiene(
    accounts_per_card=1.6,
    virtual=0.8,
    bins=3,
    accounts_per_billing=2,
    accounts_per_phone=1.5,
    address=ROTATING,
    addresses_per_account=0.5,
    lease_hours=6,
    client=PINNED,
    registration_days=12,
    registration_waves=3,
    paraphrase=0.2,
    filler=0.1,
    templates=6,
    camouflage=0.2,
    hours=ROUND_THE_CLOCK,
    repeats=0.02,
    echo=0.05,
)
CAREFUL = Hygiene(virtual=0.95, run_length=9)
"""All defaults, and a third of the published daily load, so that each account works on several days."""

POOLED = replace(CAREFUL, paraphrase=0.3, filler=0.2, run_length=1, echo=0.3)
"""Careful about who its accounts are, but a gateway gives each request to the next one, follow-ups too."""

ROUTED = replace(
    MEDIUM,
    accounts_per_card=3,
    virtual=0.95,
    bins=2,
    accounts_per_billing=3,
    accounts_per_phone=2,
    lease_hours=1,
    bystanders=0.0,
    client=OWN_BUILD,
    registration_days=30,
    registration_waves=6,
    camouflage=0.0,
    run_length=4,
    echo=0.02,
)
"""A reseller provides for the accounts, all alike; among his customers' requests no camouflage is needed."""

SLOW = replace(CAREFUL, registration_days=250, registration_waves=60, campaign_days=450, volume=2.0)
"""The careful campaign at a tenth of its daily rate.

Of its ten times 45 days the simulated year holds about 300 (it begins once a fifth of the accounts are
made), so it sends two thirds of the requests; accounts are made all the while, in ten times as many sittings.
"""

PROFILES: dict[str, Profile] = {
    "null": Profile("Nobody operates anything: every group reported is false."),
    "sloppy": Profile(
        "Three careless operators: shared cards, shared proxies, templates word for word.",
        (Operator(240, SLOPPY), Operator(120, SLOPPY), Operator(60, replace(SLOPPY, email=CATCH_ALL))),
    ),
    "mixed": Profile(
        "Seven operators of very different size and care, as a provider would meet them.",
        (
            Operator(300, MEDIUM),
            Operator(150, SLOPPY),
            Operator(80, CAREFUL),
            Operator(
                45, replace(MEDIUM, address=SHARED, addresses_per_account=0.3, lease_hours=72, echo=0.0)
            ),
            Operator(25, replace(MEDIUM, accounts_per_card=1, email=CATCH_ALL, hours=HUMAN_LIKE)),
            Operator(14, replace(MEDIUM, paraphrase=0.3, filler=0.2, client=VARIED)),
            Operator(8, replace(SLOPPY, client=PINNED, paraphrase=0.1)),
        ),
    ),
    "careful": Profile(
        "Three operators with an own line and an own virtual card per account and strong paraphrase.",
        (
            Operator(250, CAREFUL),
            Operator(150, CAREFUL),
            Operator(80, replace(CAREFUL, bins=3, templates=10)),
        ),
    ),
    "large": Profile(
        "A careful operator with an eighth of all accounts, whose values are nothing rare; and one of 30.",
        (Operator(2500, CAREFUL), Operator(30, MEDIUM)),
    ),
    "hydra": Profile(
        "A reseller's pool of 2.5 % of all accounts: half carry an operator's work among others' requests.",
        (Operator(250, ROUTED, fewest=12, pool=Pool()),),
    ),
    "pool": Profile(
        "Two operators without careless habits whose gateways give each request to another account.",
        (Operator(200, POOLED), Operator(80, POOLED)),
    ),
    "framing": Profile(
        "Two operators who plant up to five of their own shared values on innocents.",
        (Operator(300, MEDIUM), Operator(150, SLOPPY)),
        framing=Framing(200),
    ),
    "slow": Profile(
        "The operators of careful at a tenth of the daily rate, over the whole year.",
        (
            Operator(250, SLOW),
            Operator(150, SLOW),
            Operator(80, replace(SLOW, bins=3, templates=10)),
        ),
    ),
    "fixture": Profile(
        "A small case to look at: one careless operator, one medium, one fairly careful.",
        (
            Operator(0, SLOPPY, fewest=20),
            Operator(0, MEDIUM, fewest=16),
            Operator(0, replace(CAREFUL, paraphrase=0.3, filler=0.2, templates=4), fewest=14),
        ),
        known_benign=0.5,
    ),
}
"""A further kind of adversary is a further line here; a new trail is a further knob of `Hygiene`."""


@dataclass(frozen=True)
class Planted:
    """What was planted for one operator, for `about.json`."""

    operator: str
    accounts: int
    interactions: int
    hygiene: dict[str, object] = field(default_factory=dict)
