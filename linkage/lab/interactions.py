"""The table of interactions: what each one says, and what else a provider's log has of it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.lab.by_time import Sent
from linkage.lab.calendar import DAY, model_names
from linkage.lab.clients import BROWSERS, builds
from linkage.lab.framing import lenders
from linkage.lab.identifiers import hexadecimal
from linkage.lab.places import address_texts, addresses, own_lines
from linkage.lab.profiles import ADDRESS, CLIENT
from linkage.lab.prompts import Library, speak
from linkage.lab.roster import FRAMEWORK, HARVEST, NOBODY
from linkage.lab.tables import Town, agents, coded, moments, pseudonyms, texts

_FINISH = ("stop", "length", "content_filter", "tool_calls")


def interactions_table(town: Town, library: Library, sent: Sent, rng: np.random.Generator) -> pa.Table:
    """These interactions, in their order."""
    roster, rows, account, at = town.roster, sent.rows, sent.rows.account, sent.rows.at
    prompt, system = speak(library, rows, rng)
    line = lenders(town.victims, rows, ADDRESS)
    usual = own_lines(roster, line, sent.second & (line == account))
    number, _ = addresses(town.places, town.stations.lines_at(usual, rows.station), at)
    program = roster.client[lenders(town.victims, rows, CLIENT)]
    program = town.stations.programs_at(program, rows.station)
    agent, ja4 = agents(town, builds(town.clients, program, at))
    received = (_lengths(prompt) + _lengths(system)) // 4 + 6 + 280 * sent.turns
    harvest = rows.kind == HARVEST
    got = rng.lognormal(np.where(harvest, 6.2, 5.4), np.where(harvest, 0.6, 0.9))
    columns = {
        "account": town.ids.take(pa.array(account)),
        "at": moments(at),
        "interaction": hexadecimal(sent.ids),
        "prompt": prompt,
        "system_prompt": system,
        "model": texts(model_names(at, roster.model_lag[account], roster.small[account])),
        "input_tokens": pa.array(received),
        "output_tokens": pa.array(np.clip(got, 1, 8_192).astype(np.int64)),
        "finish_reason": _finish(rows.kind, rng),
        "ip": coded(number, address_texts),
        "user_agent": agent,
        "ja4": ja4,
        "api_key": _keys(town, account, at),
        "response_sha256": hexadecimal(sent.responses),
        "context_sha256": _contexts(sent),
    }
    return pa.table(columns)


def _contexts(sent: Sent) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(sent.turns)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), hexadecimal(sent.context))


def _keys(town: Town, account: Ints, at: Ints) -> pa.Array:
    """One key per account; every fifth replaces it after a month; none for those who use the chat page."""
    renewed = (account % 5 == 0) & (at > town.roster.created[account] + 30 * DAY)
    number = np.where(town.roster.client[account, 0] < len(BROWSERS), NOBODY, account * 2 + renewed)
    return pseudonyms(number, 6, town.seed)


def _finish(kind: Ints, rng: np.random.Generator) -> pa.Array:
    drawn = rng.random(len(kind))
    calls = (kind == FRAMEWORK) & (rng.random(len(kind)) < 0.5)
    index = np.where(calls, 3, np.searchsorted([0.93, 0.985], drawn))
    return pa.array(_FINISH).take(pa.array(index))


def _lengths(text: pa.Array) -> Ints:
    """Characters of each text, 0 where there is none."""
    return np.asarray(pc.fill_null(pc.utf8_length(text), 0).to_numpy(zero_copy_only=False), np.int64)
