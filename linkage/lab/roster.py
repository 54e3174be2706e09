"""What the laboratory knows about everybody: one array per fact, one place per account or interaction."""

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from linkage.arrays import Floats, Ints

Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

INNOCENT, NOBODY = -1, -1
HOLDER, PLANTED = -1, -2
INTRUDERS = -(1 << 50)
"""Hand of the first operator who sends from accounts taken over; the next have the numbers below."""

# What an account mainly sends. HARVEST is an operator's templated work, SHEET what a cohort has in common.
ASK, FRAMEWORK, WRAPPER, TUTORIAL, BENCHMARK, TOOL, APP, HARVEST, SHEET = range(9)


def ints(*shape: int, of: int = 0) -> Ints:
    """An array of whole numbers filled with one of them."""
    return np.full(shape, of, np.int64)


def texts(count: int) -> Texts:
    """An array of texts, none of them given."""
    return np.full(count, None, object)


@dataclass
class Roster:
    """Everybody's facts; first what a person alone has, then what units and operators change.

    Whoever shares something bears the same number: `card`, `billing`, `phone`, `device`, `holder` (of an
    address). `place`, `holder`, `lease` and `handed` have two columns: the usual place and a second one.
    `browser` and `client` have three: family, system, days by which updates lag.
    """

    operator: Ints
    unit: Ints
    created: Ints
    country: Ints
    lifetime: Ints
    weight: Floats
    hours: Ints
    use: Ints
    template: Ints
    main: Floats
    tastes: Ints
    place: Ints
    holder: Ints
    lease: Ints
    handed: Flags
    second_share: Floats
    second_login: Floats
    browser: Ints
    client: Ints
    device: Ints
    card: Ints
    billing: Ints
    bin: Ints
    phone: Ints
    email_domain: Texts
    organisation: Texts
    plan: Texts
    referrer: Texts
    model_lag: Ints
    small: Flags
    kind: Texts

    def __len__(self) -> int:
        return len(self.operator)


def empty_roster(count: int) -> Roster:
    """A roster of `count` accounts of which nothing is known yet."""
    wide = {"tastes": 3, "place": 2, "holder": 2, "lease": 2, "handed": 2, "browser": 3, "client": 3}
    made: dict[str, np.ndarray] = {}
    for item in fields(Roster):
        shape = (count, wide[item.name]) if item.name in wide else (count,)
        if item.type is Texts:
            made[item.name] = texts(count)
        elif item.type is Floats:
            made[item.name] = np.zeros(shape, np.float64)
        elif item.type is Flags:
            made[item.name] = np.zeros(shape, np.bool_)
        else:
            made[item.name] = ints(*shape)
    return Roster(**made)


CONTEXT = 4
"""Earlier turns that a request repeats at most: long histories are cut or summarised by clients."""

_CARRIED = ("account", "at", "kind", "sub", "item", "hand", "station")


@dataclass
class Rows:
    """Interactions, one place each: who, when, what kind, which template or topic, which item.

    `hand` says who sends it where that is not the account's holder: from 0 a customer of the reseller whose
    account it is, from PLANTED downwards somebody who plants (see `framing`), from INTRUDERS downwards an
    operator who took the account over, else HOLDER. `station` is where it is sent from (see `stations`) if
    that is not one of the account's own places, else -1.
    `context` has CONTEXT columns: row numbers of earlier interactions whose responses stand in the input,
    -1 for none, and len(rows) + k for the k-th response that nobody here was given (a tutorial's example).
    """

    account: Ints
    at: Ints
    kind: Ints
    sub: Ints
    item: Ints
    hand: Ints = field(default_factory=lambda: ints(0))
    context: Ints = field(default_factory=lambda: ints(0, CONTEXT, of=-1))
    station: Ints = field(default_factory=lambda: ints(0))

    def __post_init__(self) -> None:
        if len(self.hand) != len(self.account):
            self.hand = ints(len(self.account), of=HOLDER)
        if len(self.station) != len(self.account):
            self.station = ints(len(self.account), of=-1)

    def __len__(self) -> int:
        return len(self.account)

    @property
    def planted(self) -> Flags:
        """Which were sent from an innocent's account by somebody who plants."""
        return np.asarray((self.hand <= PLANTED) & (self.hand > INTRUDERS))

    @property
    def intruded(self) -> Flags:
        """Which were sent by an operator who took the account over."""
        return np.asarray(self.hand <= INTRUDERS)

    def take(self, order: Ints) -> "Rows":
        """The rows at these numbers; `context` must not be filled yet, its row numbers would go stale."""
        return Rows(**{name: getattr(self, name)[order] for name in _CARRIED})


def concatenate(parts: list[Rows]) -> Rows:
    """Rows of several sources one after the other."""
    return Rows(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _CARRIED})
