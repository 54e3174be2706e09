"""Address ranges of carriers that need more than one /16."""

from ipaddress import ip_address

import numpy as np

from linkage.lab.places import AVOIDED, Places, address_texts, lay_out


def test_networks_in_a_row_belong_to_one_carrier_alone() -> None:
    places, rng = Places(), np.random.default_rng(3)
    numbers = [places.network(rng, 1 + number % 6) for number in range(600)]
    assert numbers == list(range(600))
    sixteens = [sixteen for mine in places.networks for sixteen in mine]
    assert len(set(sixteens)) == len(sixteens) == 600 * 7 // 2
    assert not {sixteen // 256 for sixteen in sixteens} & AVOIDED


def test_homes_mobile_ranges_and_offices_of_a_large_carrier_do_not_overlap() -> None:
    ground = lay_out(1_000_000, np.random.default_rng(1))
    places = ground.places
    for country, carrier in np.ndindex(ground.homes.shape):
        home, mobile = int(ground.homes[country, carrier]), int(ground.mobiles[country, carrier])
        network = places.networks[ground.carriers[country, carrier]]
        end = places.base[home] + places.size[home]
        office = places.add(int(ground.carriers[country, carrier]), at=57_999, size=1)
        assert places.base[home] == network[0] * 65_536
        assert places.base[mobile] >= places.base[office] >= end
        assert places.base[mobile] + places.size[mobile] <= (network[-1] + 1) * 65_536
    assert len(places.networks[ground.carriers[0, 0]]) == 5


def test_addresses_read_as_their_numbers_say() -> None:
    numbers = np.array([0x17000001, (1 << 40) + (0x17000001 << 16) + 0xABC, 0xDBFFFFFF], np.int64)
    first, second, third = (ip_address(text) for text in address_texts(numbers).to_pylist())
    assert (int(first), int(third)) == (0x17000001, 0xDBFFFFFF)
    assert second.version == 6 and second.exploded.startswith("2a0c:1700:0001:0000:")
    assert len(address_texts(numbers[:0])) == 0
