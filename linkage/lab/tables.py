"""From what the laboratory knows to the columns of the input contract: accounts and payments."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES, DAY, END
from linkage.lab.cards import Issuers, draw_bins
from linkage.lab.clients import Clients, build_texts
from linkage.lab.framing import NO_VICTIMS, Victims, charges
from linkage.lab.identifiers import hexadecimal, raw
from linkage.lab.places import Places, mix
from linkage.lab.roster import NOBODY, Roster, Texts
from linkage.lab.stations import Stations

MOMENT = pa.timestamp("us", tz="UTC")
RENEWALS = 3
"""Monthly charges after the first that the payments table keeps."""

NEW_CARD = 0.08
"""Share of payers who change to another card of another issuer."""


@dataclass(frozen=True)
class Town:
    """Everything settled: who there is, from where, with what, on which card, under which opaque ids."""

    roster: Roster
    places: Places
    clients: Clients
    issuers: Issuers
    ids: pa.Array
    seed: int
    victims: Victims = NO_VICTIMS
    stations: Stations = field(default_factory=Stations)


def opaque_ids(count: int, digits: int, rng: np.random.Generator) -> pa.Array:
    """Random hexadecimal texts of one length."""
    return hexadecimal(raw(count, digits // 2, rng))


def pseudonyms(numbers: Ints, salt: int, seed: int) -> pa.Array:
    """Texts that are equal where numbers are and say nothing else; nothing for NOBODY."""
    stirred = mix(np.maximum(numbers, 0), np.full(len(numbers), salt), np.full(len(numbers), seed))
    written = hexadecimal(stirred.astype(">u8").view(np.uint8).reshape(len(numbers), 8))
    return pc.if_else(pa.array(numbers == NOBODY), pa.scalar(None, pa.string()), written)


def accounts_table(town: Town) -> pa.Table:
    """Who signed up when and as what, by id (which is random)."""
    roster, own = town.roster, np.arange(len(town.roster))
    codes = np.array([code for code, _, _ in COUNTRIES], object)
    columns = {
        "account": town.ids,
        "created_at": moments(roster.created),
        "email_domain": texts(roster.email_domain),
        "email_hash": pseudonyms(own, 1, town.seed),
        "phone_hash": pseudonyms(roster.phone, 2, town.seed),
        "country": texts(codes[roster.country]),
        "referrer": texts(roster.referrer),
        "organisation": texts(roster.organisation),
        "plan": texts(roster.plan),
    }
    return pa.table(columns).sort_by("account")


def payments_table(town: Town, rng: np.random.Generator) -> pa.Table:
    """First charges and renewals; some payers come to use another card."""
    roster = town.roster
    payers = np.flatnonzero(roster.card != NOBODY)
    months = np.minimum(RENEWALS, roster.lifetime[payers] // (30 * DAY))
    account = np.repeat(payers, 1 + months)
    month = np.arange(len(account)) - np.repeat(np.cumsum(1 + months) - (1 + months), 1 + months)
    first = (rng.exponential(1.0, len(roster)) * DAY).astype(np.int64)
    at = np.minimum(roster.created[account] + first[account] + month * 30 * DAY, END)
    changed = (rng.random(len(roster)) < NEW_CARD)[account] & (month >= 2)
    other = draw_bins(roster.country, rng)[account]
    planted = charges(town.victims)
    card = np.where(changed, account + len(roster), roster.card[account])
    bins = np.where(changed, other, roster.bin[account])
    card = np.concatenate([card, roster.card[planted.card]])
    bins = np.concatenate([bins, roster.bin[planted.card]])
    billing = roster.billing[np.concatenate([account, planted.billing])]
    account, at = np.concatenate([account, planted.account]), np.concatenate([at, planted.at])
    columns = {
        "account": town.ids.take(pa.array(account)),
        "at": moments(at),
        "fingerprint": pseudonyms(card, 3, town.seed),
        "bin": texts(town.issuers.bins[bins]),
        "issuer": texts(town.issuers.issuers[bins]),
        "funding": texts(town.issuers.funding[bins]),
        "country": texts(town.issuers.countries[bins]),
        "billing_hash": pseudonyms(billing, 4, town.seed),
    }
    return pa.table(columns).sort_by([("at", "ascending"), ("account", "ascending")])


def agents(town: Town, build: Ints) -> tuple[pa.Array, pa.Array]:
    """User agent and TLS fingerprint of each build."""
    codes, where = np.unique(build, return_inverse=True)
    texts = [build_texts(town.clients, int(code)) for code in codes]
    order = pa.array(where)
    return pa.array([agent for agent, _ in texts]).take(order), pa.array([ja4 for _, ja4 in texts]).take(
        order
    )


def coded(numbers: Ints, texts_of: Callable[[Ints], pa.Array]) -> pa.Array:
    """The text of each number, made once for each distinct one."""
    codes, where = np.unique(numbers, return_inverse=True)
    return texts_of(codes).take(pa.array(where))


def moments(at: Ints) -> pa.Array:
    """Microseconds as moments in UTC."""
    return pa.array(at).cast(MOMENT)


def texts(values: Texts) -> pa.Array:
    """A column of texts, some of them not given."""
    return pa.array(values, pa.string())
