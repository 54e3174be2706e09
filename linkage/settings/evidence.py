"""Which values propose pairs of accounts, and how much a shared value may say."""

from pydantic import Field

from linkage.settings.section import Section


class Evidence(Section):
    """Which values propose pairs of accounts, and how much a shared value may say."""

    clique_degree: int = Field(50, description="a value on up to so many accounts links all of them")
    nearest_degree: int = Field(5_000, description="up to so many: each account to its nearest in time")
    nearest: int = Field(8, description="how many nearest, and as many drawn by hash")
    min_propose_bits: float = Field(4.0, description="a commoner value supports links, proposes none")
    min_pair_bits: float = Field(
        12.0, description="bits of all values that propose a pair, for it to be compared; a link needs 16"
    )
    max_pairs: int = Field(20_000_000, description="candidate pairs in all; above it exit 6")
    window_seconds: float = Field(60.0, description="same object within this window")
    window_participation: int = Field(2, description="posts an account must have in such pairs")
    window_traits: list[str] = Field([], description="traits of `observations` whose values are such objects")
    handover_seconds: float = Field(600.0, description="an address passed on within this time")
    echo_bits: float = Field(20.0, description="a response hash of one account in another's input")
