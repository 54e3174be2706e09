"""From what the laboratory knows to the columns of the input contract, with nothing else in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES, DAY, END, HOUR, MINUTE, model_names
from linkage.lab.cards import Issuers, draw_bins
from linkage.lab.clients import BROWSERS, Clients, build_texts, builds
from linkage.lab.framing import NO_VICTIMS, Victims, charges, lenders
from linkage.lab.places import Places, address_text, addresses, mix, own_lines
from linkage.lab.profiles import ADDRESS, CLIENT
from linkage.lab.prompts import Library, lengths, speak
from linkage.lab.roster import FRAMEWORK, HARVEST, NOBODY, Flags, Roster, Rows, Texts, ints
from linkage.lab.stations import Stations

MOMENT = pa.timestamp("us", tz="UTC")
RENEWALS = 3
"""Monthly charges after the first that the payments table keeps."""

NEW_CARD = 0.08
"""Share of payers who change to another card of another issuer."""

LOGIN = 0.4
"""Share of sittings that begin with a visit to the account pages."""

SITTING = 3 * HOUR
_FINISH = ("stop", "length", "content_filter", "tool_calls")


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
    raw = rng.bytes(count * digits // 2).hex().encode()
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * digits)
    return pa.StringArray.from_buffers(count, offsets.buffers()[1], pa.py_buffer(raw))


def pseudonyms(numbers: Ints, salt: int, seed: int) -> Texts:
    """Texts that are equal where numbers are and say nothing else; nothing for NOBODY."""
    stirred = mix(np.maximum(numbers, 0), np.full(len(numbers), salt), np.full(len(numbers), seed))
    return np.array(
        [None if n == NOBODY else f"{s:016x}" for n, s in zip(numbers, stirred, strict=True)], object
    )


def accounts_table(town: Town) -> pa.Table:
    """Who signed up when and as what, by id (which is random)."""
    roster, own = town.roster, np.arange(len(town.roster))
    codes = np.array([code for code, _, _ in COUNTRIES], object)
    columns = {
        "account": town.ids,
        "created_at": _moments(roster.created),
        "email_domain": _texts(roster.email_domain),
        "email_hash": _texts(pseudonyms(own, 1, town.seed)),
        "phone_hash": _texts(pseudonyms(roster.phone, 2, town.seed)),
        "country": _texts(codes[roster.country]),
        "referrer": _texts(roster.referrer),
        "organisation": _texts(roster.organisation),
        "plan": _texts(roster.plan),
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
        "at": _moments(at),
        "fingerprint": _texts(pseudonyms(card, 3, town.seed)),
        "bin": _texts(town.issuers.bins[bins]),
        "issuer": _texts(town.issuers.issuers[bins]),
        "funding": _texts(town.issuers.funding[bins]),
        "country": _texts(town.issuers.countries[bins]),
        "billing_hash": _texts(pseudonyms(billing, 4, town.seed)),
    }
    return pa.table(columns).sort_by([("at", "ascending"), ("account", "ascending")])


def sessions_table(town: Town, rows: Rows, rng: np.random.Generator) -> pa.Table:
    """The visit that made each account, and the visits that some sittings begin with."""
    roster = town.roster
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows.account[1:] != rows.account[:-1]) | (rows.at[1:] - rows.at[:-1] > SITTING)
    logins = np.flatnonzero(begins & (rng.random(len(rows)) < LOGIN) & ~rows.planted)
    account = np.concatenate([np.arange(len(roster)), rows.account[logins]])
    at = np.concatenate(
        [roster.created, np.maximum(rows.at[logins] - MINUTE, roster.created[rows.account[logins]])]
    )
    second = rng.random(len(account)) < roster.second_login[account]
    station = np.concatenate([ints(len(roster), of=-1), rows.station[logins]])
    lines = town.stations.lines_at(own_lines(roster, account, second), station)
    number, network = addresses(town.places, lines, at)
    agent, ja4 = _agents(town, builds(town.clients, roster.browser[account], at))
    device = town.stations.devices_at(roster.device[account], station)
    columns = {
        "account": town.ids.take(pa.array(account)),
        "at": _moments(at),
        "ip": _coded(number, address_text),
        "user_agent": agent,
        "ja4": ja4,
        "device": _texts(pseudonyms(device, 5, town.seed)),
        "asn": _coded(network, lambda code: f"AS{code}"),
    }
    return pa.table(columns).sort_by([("at", "ascending"), ("account", "ascending")])


@dataclass(frozen=True)
class Wire:
    """What all interactions carry beside their texts, in the order of the rows."""

    town: Town
    rows: Rows
    library: Library
    ids: pa.Array
    responses: pa.Array
    known: pa.Array
    second: Flags


def open_wire(town: Town, rows: Rows, library: Library, rng: np.random.Generator) -> Wire:
    """Draw interaction ids and response hashes; `known` adds the hashes of answers nobody here was given."""
    responses = opaque_ids(len(rows), 64, rng)
    known = pa.concat_arrays([responses, opaque_ids(2, 64, rng)])
    second = rng.random(len(rows)) < town.roster.second_share[rows.account]
    return Wire(town, rows, library, opaque_ids(len(rows), 24, rng), responses, known, second)


def interactions_table(wire: Wire, chosen: Ints, rng: np.random.Generator) -> pa.Table:
    """The interactions of the chosen rows, in that order."""
    roster, rows = wire.town.roster, wire.rows
    sent_by = rows.take(chosen)
    account, at = sent_by.account, sent_by.at
    prompt, system = speak(wire.library, sent_by, rng)
    line = lenders(wire.town.victims, sent_by, ADDRESS)
    usual = own_lines(roster, line, wire.second[chosen] & (line == account))
    number, _ = addresses(wire.town.places, wire.town.stations.lines_at(usual, sent_by.station), at)
    program = roster.client[lenders(wire.town.victims, sent_by, CLIENT)]
    program = wire.town.stations.programs_at(program, sent_by.station)
    agent, ja4 = _agents(wire.town, builds(wire.town.clients, program, at))
    context = rows.context[chosen]
    turns = (context >= 0).sum(axis=1)
    sent = (lengths(prompt) + lengths(system)) // 4 + 6 + 280 * turns
    harvest = rows.kind[chosen] == HARVEST
    got = rng.lognormal(np.where(harvest, 6.2, 5.4), np.where(harvest, 0.6, 0.9))
    columns = {
        "account": wire.town.ids.take(pa.array(account)),
        "at": _moments(at),
        "interaction": wire.ids.take(pa.array(chosen)),
        "prompt": prompt,
        "system_prompt": system,
        "model": _texts(model_names(at, roster.model_lag[account], roster.small[account])),
        "input_tokens": pa.array(sent),
        "output_tokens": pa.array(np.clip(got, 1, 8_192).astype(np.int64)),
        "finish_reason": _finish(rows.kind[chosen], rng),
        "ip": _coded(number, address_text),
        "user_agent": agent,
        "ja4": ja4,
        "api_key": _keys(wire.town, account, at),
        "response_sha256": wire.responses.take(pa.array(chosen)),
        "context_sha256": _contexts(wire.known, context, turns),
    }
    return pa.table(columns)


def _contexts(known: pa.Array, context: Ints, turns: Ints) -> pa.Array:
    # Oldest turn first, as a client sends them.
    backwards = context[:, ::-1]
    offsets = np.concatenate([[0], np.cumsum(turns)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), known.take(pa.array(backwards[backwards >= 0])))


def _keys(town: Town, account: Ints, at: Ints) -> pa.Array:
    """One key per account; every fifth replaces it after a month; none for those who use the chat page."""
    renewed = (account % 5 == 0) & (at > town.roster.created[account] + 30 * DAY)
    number = np.where(town.roster.client[account, 0] < len(BROWSERS), NOBODY, account * 2 + renewed)
    codes, where = np.unique(number, return_inverse=True)
    return pa.array(pseudonyms(codes, 6, town.seed), pa.string()).take(pa.array(where))


def _finish(kind: Ints, rng: np.random.Generator) -> pa.Array:
    drawn = rng.random(len(kind))
    calls = (kind == FRAMEWORK) & (rng.random(len(kind)) < 0.5)
    index = np.where(calls, 3, np.searchsorted([0.93, 0.985], drawn))
    return pa.array(_FINISH).take(pa.array(index))


def _agents(town: Town, build: Ints) -> tuple[pa.Array, pa.Array]:
    codes, where = np.unique(build, return_inverse=True)
    texts = [build_texts(town.clients, int(code)) for code in codes]
    order = pa.array(where)
    return pa.array([agent for agent, _ in texts]).take(order), pa.array([ja4 for _, ja4 in texts]).take(
        order
    )


def _coded(numbers: Ints, text: Callable[[int], str]) -> pa.Array:
    codes, where = np.unique(numbers, return_inverse=True)
    return pa.array([text(int(code)) for code in codes], pa.string()).take(pa.array(where))


def _moments(at: Ints) -> pa.Array:
    return pa.array(at).cast(MOMENT)


def _texts(values: Texts | Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string())
