"""The accounts of a group and the links between them, drawn."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.report import force_layout, vega_lite
from linkage.report.document import Picture, Table
from linkage.report.formatting import bits, count, many
from linkage.report.opened_units import MILLION, Gathered, Whole
from linkage.report.svg import NARROW, WIDE, Drawing, Shape, line, path, rect, text

MOST = 500
"""Accounts of one picture; nobody sees more."""

HEIGHT, EDGE = 500, 16
SQUARE = 360
"""Height on a telephone."""
LISTED = 40
"""Rows of the table that stands for the picture: the accounts with most links; all are in the spreadsheet."""

FEW_LINKS = 700
"""Beyond so many links each is drawn fainter, so that all together are no darker."""

Ends = tuple[str, str]


@dataclass(frozen=True)
class Net:
    """What is drawn: accounts in order, links by their places and bits in millionths, and who is fringe."""

    accounts: Sequence[str]
    links: Sequence[tuple[int, int, int]]
    fringe: frozenset[str]
    of: int


def picture(whole: Whole, group: Gathered) -> Picture | None:
    """The network, or nothing where it is not opened which accounts a link joins."""
    known = [(strength, ends) for strength, _, ends in group.links if ends is not None]
    if not known:
        return None
    net = _net(whole, group, sorted(known, key=lambda each: (-each[0], each[1])))
    at = force_layout.places(len(net.accounts), np.array([each[:2] for each in net.links], dtype=np.int64))
    spots = _spots(at.tolist(), WIDE, HEIGHT)
    small = _spots(at.tolist(), NARROW, SQUARE)
    shapes = [*_links(net, spots), *_accounts(whole, net, spots), *_key(HEIGHT, KEY)]
    few = [*_links(net, small), *_accounts(whole, net, small), *_key(SQUARE, SMALL_KEY)]
    core = len(net.accounts) - len(net.fringe)
    said = (
        f"{many(core, 'account')} of the core and {len(net.fringe):,} of the fringe, joined by"
        f" {many(len(net.links), 'sealed link')}"
    )
    title = "Accounts and the links between them"
    return Picture(
        "network",
        title,
        said,
        Drawing(WIDE, HEIGHT + 34, shapes),
        Drawing(NARROW, SQUARE + 56, few),
        _spec(whole, net, spots, title),
        _table(whole, net),
        _note(net),
        moves=True,
    )


def _spots(at: Sequence[Sequence[float]], width: int, height: int) -> list[tuple[int, int]]:
    """The places of the accounts, from shares of the plane to its units."""
    return [(EDGE + round(x * (width - 2 * EDGE)), EDGE + round(y * (height - 2 * EDGE))) for x, y in at]


def _net(whole: Whole, group: Gathered, known: Sequence[tuple[int, Ends]]) -> Net:
    accounts = _kept(known)
    place = {account: number for number, account in enumerate(accounts)}
    links = [
        (place[one], place[other], strength)
        for strength, (one, other) in known
        if one in place and other in place
    ]
    fringe = frozenset(
        each for each in accounts if group.members.get(whole.member_of.get(each, ""), ("", ""))[1] == "fringe"
    )
    return Net(accounts, links, fringe, max(len(group.members), len(accounts)))


def _kept(known: Sequence[tuple[int, Ends]]) -> list[str]:
    """All accounts, or those taken in one after another from the strongest link on, always by the strongest
    link to one that is drawn already; a part that hangs on none begins with its own strongest link."""
    every = sorted({each for _, ends in known for each in ends})
    if len(every) <= MOST:
        return every
    near: dict[str, list[tuple[int, str]]] = {}
    for strength, (one, other) in known:
        near.setdefault(one, []).append((-strength, other))
        near.setdefault(other, []).append((-strength, one))
    found: set[str] = set()
    for _, (one, _) in known:
        waiting = [(0, one)]
        while waiting and len(found) < MOST:
            _, account = heapq.heappop(waiting)
            if account not in found:
                found.add(account)
                for each in near[account]:
                    heapq.heappush(waiting, each)
        if len(found) == MOST:
            break
    return sorted(found)


def _note(net: Net) -> str:
    if len(net.accounts) == net.of:
        drawn = f"All {many(net.of, 'account')} are drawn."
    elif len(net.accounts) < MOST:
        drawn = f"{len(net.accounts):,} of {net.of:,} accounts are drawn: the others have no sealed link."
    else:
        drawn = (
            f"{len(net.accounts):,} of {net.of:,} accounts are drawn, as more cannot be told apart: from the"
            " strongest link on, always the account most strongly linked to one that is drawn already."
        )
    return f"{drawn} Nearness comes from the links alone; left and right, up and down mean nothing."


def _links(net: Net, spots: Sequence[tuple[int, int]]) -> Iterable[Shape]:
    """One path for each of three strengths, the faintest first."""
    ordered = sorted(strength for _, _, strength in net.links)
    bounds = [ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3]]
    steps: list[list[str]] = [[], [], []]
    for one, other, strength in net.links:
        (x, y), (u, v) = spots[one], spots[other]
        steps[sum(strength >= each for each in bounds)].append(f"M{x} {y}L{u} {v}")
    for tone, own in enumerate(steps):
        if own:
            yield path("".join(own), f"link-{tone}", opacity=FEW_LINKS / max(len(net.links), FEW_LINKS))


def _accounts(whole: Whole, net: Net, spots: Sequence[tuple[int, int]]) -> Iterable[Shape]:
    size = 6 if len(spots) <= 60 else 4.5 if len(spots) <= 200 else 3.2
    for account, (x, y) in zip(net.accounts, spots, strict=True):
        said = f"{whole.called(account)}, {'fringe' if account in net.fringe else 'core'}"
        if account in net.fringe:
            yield rect(x - size, y - size, (2 * size, 2 * size), "fringe", title=said)
        else:
            yield Shape("circle", {"cx": x, "cy": y, "r": size}, "core", title=said)


Place = tuple[int, int]
KEY: Sequence[Place] = ((170, 22), (370, 22), (460, 22))
SMALL_KEY: Sequence[Place] = ((0, 44), (172, 44), (256, 44))
"""Where the three strengths of links are explained, below the picture."""


def _key(height: int, places: Sequence[Place]) -> Iterable[Shape]:
    top = height + 22
    yield Shape("circle", {"cx": 10, "cy": top - 4, "r": 6}, "core")
    yield text(22, top, "core", "label")
    yield rect(76, top - 10, (12, 12), "fringe")
    yield text(94, top, "fringe", "label")
    for number, name in enumerate(("weakest third of links", "middle", "strongest")):
        x, y = places[number][0], height + places[number][1]
        yield line((x, y - 4), (x + 24, y - 4), f"link-{number}")
        yield text(x + 30, y, name, "label")


def _table(whole: Whole, net: Net) -> Table:
    degree, strongest = [0] * len(net.accounts), [0] * len(net.accounts)
    for one, other, strength in net.links:
        for each in (one, other):
            strongest[each] = max(strongest[each], strength) if degree[each] else strength
            degree[each] += 1
    order = sorted(range(len(degree)), key=lambda each: (-degree[each], net.accounts[each]))[:LISTED]
    rows = [
        (
            whole.called(net.accounts[each]),
            "fringe" if net.accounts[each] in net.fringe else "core",
            count(degree[each]),
            bits(strongest[each] / MILLION),
        )
        for each in order
    ]
    most = f"The {LISTED} accounts with most links" if len(degree) > LISTED else "The accounts"
    heads = ("Account", "Role", "Sealed links", "Strongest, bits")
    return Table(f"{most}, with their sealed links", heads, rows, frozenset((2, 3)))


def _spec(whole: Whole, net: Net, spots: Sequence[tuple[int, int]], title: str) -> vega_lite.Spec:
    nodes = [
        {
            "account": whole.called(account),
            "role": "fringe" if account in net.fringe else "core",
            "x": x,
            "y": y,
        }
        for account, (x, y) in zip(net.accounts, spots, strict=True)
    ]
    edges = [
        {
            "x": spots[one][0],
            "y": spots[one][1],
            "x2": spots[other][0],
            "y2": spots[other][1],
            "bits": strength / MILLION,
        }
        for one, other, strength in net.links
    ]
    return vega_lite.network(title, nodes, edges)
