"""Where traffic comes from: home lines, carrier-grade NAT, VPN exits, campuses, offices, clouds, proxies.

A place is a range of addresses of one network. Which of them somebody has at a moment follows from the
holder and the lease: a holder keeps an address for one lease, then draws another of the same range; so
strangers come to hold the same address at different times, as with real dynamic lines.
Addresses and network numbers are made up; the numbers are from the range for private use.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES
from linkage.lab.roster import Roster

FIRST_ASN = 4_200_000_000
CARRIERS_PER_COUNTRY = 3
HOME_POOL = 3.0
"""Addresses of a carrier's dynamic range per customer seen: ranges are larger than one provider's sample."""

HOMES_PER_SIXTEEN = 60_000
"""Addresses of a carrier's homes in a /16: mobile ranges and offices lie behind them."""

NAT_CUSTOMERS = 1_000
"""A carrier's customers, at home or on the road, per carrier-grade NAT address:
many hundred accounts on each."""

VPN_SERVICES = 6
VPN_CUSTOMERS = 60
"""Customers of a VPN service per exit: shared by dozens, the favourites by hundreds."""

HOSTERS = 5
"""Hosting networks, in which VPN exits, clouds, resellers and rented proxies stand side by side."""

V6_SHARE = 0.15
"""Share of carriers whose home lines have IPv6: a /64 per household and changing interface numbers."""


@dataclass
class Places:
    """Address ranges by number: network, first address, how many, distance between them, IPv6 or not."""

    asn: list[int] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    stride: list[int] = field(default_factory=list)
    six: list[bool] = field(default_factory=list)
    networks: list[range] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """All /16 of the networks."""

    def network(self, rng: np.random.Generator, sixteens: int = 1) -> int:
        """A new network: the number of a /16, or of as many in a row, that nobody has."""
        while True:
            high = int(rng.choice([octet for octet in range(23, 220) if octet not in AVOIDED]))
            first = high * 256 + int(rng.integers(256))
            mine = range(first, first + sixteens)
            if self.taken.isdisjoint(mine) and AVOIDED.isdisjoint(sixteen // 256 for sixteen in mine):
                self.taken.update(mine)
                self.networks.append(mine)
                return len(self.networks) - 1

    def add(self, network: int, *, at: int, size: int, stride: int = 1, six: bool = False) -> int:
        """A range of `size` addresses in a network, beginning at offset `at`; its number.

        What does not begin with the network lies in its last /16.
        """
        sixteens = self.networks[network]
        self.asn.append(FIRST_ASN + 1_000 + 7 * network)
        self.base.append((sixteens[-1] if at else sixteens[0]) * 65_536 + at % 65_536)
        self.size.append(max(1, size))
        self.stride.append(stride)
        self.six.append(six)
        return len(self.asn) - 1


AVOIDED = frozenset({100, 127, 169, 172, 192, 198, 203})
"""First octets with ranges for special use, which a reader may rightly refuse to count."""


@dataclass(frozen=True)
class Ground:
    """The places everybody may use: by country, by service, by hoster."""

    places: Places
    carriers: Ints
    homes: Ints
    mobiles: Ints
    vpns: Ints
    hosters: tuple[int, ...]


def lay_out(accounts: int, rng: np.random.Generator) -> Ground:
    """Carriers of every country with their home and mobile ranges, VPN services, hosting networks."""
    places = Places()
    homes = np.zeros((len(COUNTRIES), CARRIERS_PER_COUNTRY), np.int64)
    carriers, mobiles = np.zeros_like(homes), np.zeros_like(homes)
    for country, (_, _, share) in enumerate(COUNTRIES):
        customers = accounts * share / CARRIERS_PER_COUNTRY
        for carrier in range(CARRIERS_PER_COUNTRY):
            lines = 256 + int(HOME_POOL * customers)
            network = places.network(rng, 1 + lines // HOMES_PER_SIXTEEN)
            carriers[country, carrier] = network
            six = bool(rng.random() < V6_SHARE)
            homes[country, carrier] = places.add(network, at=0, size=lines, six=six)
            mobiles[country, carrier] = places.add(
                network, at=60_000, size=int(np.ceil(customers / NAT_CUSTOMERS))
            )
    hosters = tuple(places.network(rng) for _ in range(HOSTERS))
    vpns = np.array(
        [_service(places, hosters[i % HOSTERS], accounts, rng) for i in range(VPN_SERVICES)], np.int64
    )
    return Ground(places, carriers, homes, mobiles, vpns, hosters)


def _service(places: Places, hoster: int, accounts: int, rng: np.random.Generator) -> int:
    exits = max(2, round(accounts * 0.1 / VPN_SERVICES / VPN_CUSTOMERS))
    return places.add(hoster, at=int(rng.integers(60_000)), size=exits, stride=3)


def scattered(ground: Ground, size: int, stride: int, rng: np.random.Generator) -> int:
    """A range somewhere in a hosting network: a firm's servers, a reseller's way out, rented proxies."""
    hoster = ground.hosters[int(rng.integers(len(ground.hosters)))]
    return ground.places.add(hoster, at=int(rng.integers(60_000)), size=size, stride=stride)


_SIX = 1 << 40


def mix(*numbers: Ints) -> Ints:
    """A well-stirred 62-bit number from several (the finaliser of splitmix64), the same on every machine."""
    state = np.zeros(len(numbers[0]), np.uint64)
    for number in numbers:
        state = state + number.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(2)).astype(np.int64)


@dataclass(frozen=True)
class Lines:
    """Over which place, as which holder and with which lease each request goes out."""

    place: Ints
    holder: Ints
    lease: Ints
    handed: np.ndarray

    def take(self, order: Ints) -> "Lines":
        """The lines at these numbers."""
        return Lines(self.place[order], self.holder[order], self.lease[order], self.handed[order])

    def followed_by(self, more: "Lines") -> "Lines":
        """These lines and more behind them."""
        pairs = (
            (getattr(self, name), getattr(more, name)) for name in ("place", "holder", "lease", "handed")
        )
        return Lines(*(np.concatenate(pair) for pair in pairs))

    def where(self, away: np.ndarray, others: "Lines") -> "Lines":
        """These lines with those marked replaced by `others`, in their order."""
        parts = []
        for name in ("place", "holder", "lease", "handed"):
            part = getattr(self, name).copy()
            part[away] = getattr(others, name)
            parts.append(part)
        return Lines(*parts)


def own_lines(roster: Roster, account: Ints, second: np.ndarray) -> Lines:
    """Each account's usual place, or its second one."""
    column = second.astype(np.int64)
    return Lines(
        roster.place[account, column],
        roster.holder[account, column],
        roster.lease[account, column],
        roster.handed[account, column],
    )


def addresses(places: Places, lines: Lines, at: Ints) -> tuple[Ints, Ints]:
    """Address number and network number of each request."""
    place, holder, lease = lines.place, lines.holder, lines.lease
    size = np.array(places.size, np.int64)[place]
    phase = mix(holder, place) % lease
    drawn = mix(place, holder, (at + phase) // lease) % size
    # A pool that hands on: everybody moves one address further at the same moment, into a sibling's seat.
    index = np.where(lines.handed, (holder + at // lease) % size, drawn)
    number = np.array(places.base, np.int64)[place] + index * np.array(places.stride, np.int64)[place]
    six = np.array(places.six, np.bool_)[place]
    interface = mix(holder, at // (24 * 3_600_000_000)) % 65_536
    found: Ints = np.where(six, _SIX + number * 65_536 + interface, number)
    return found, np.array(places.asn, np.int64)[place]


_OCTETS = pa.array([str(octet) for octet in range(256)])


def address_texts(numbers: Ints) -> pa.Array:
    """Address numbers as texts."""
    six = numbers >= _SIX
    octets = [_OCTETS.take(pa.array(numbers >> shift & 255)) for shift in (24, 16, 8, 0)]
    long = pa.array([_long_address(number) for number in (numbers[six] - _SIX).tolist()], pa.string())
    return pc.replace_with_mask(pc.binary_join_element_wise(*octets, "."), pa.array(six), long)


def _long_address(number: int) -> str:
    household, interface = number >> 16, number & 0xFFFF
    return f"2a0c:{household >> 16:x}:{household & 0xFFFF:x}:0:{interface | 0x200:x}:ff:fe00:{interface:x}"
