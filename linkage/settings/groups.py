"""From links to groups."""

from pydantic import Field

from linkage.settings.section import Section


class Groups(Section):
    """From links to groups."""

    min_accounts: int = Field(5, ge=2)
    min_families: int = Field(2, ge=1)
    resolution: float = Field(1.0, gt=0, description="of modularity")
    resamples: int = Field(10, ge=0)
    dropout: float = Field(0.10, ge=0, lt=1, description="share of evidence left out of each resample")
    core: float = Field(0.8, description="membership from which an account is core")
    fringe: float = Field(0.5, description="membership below which it is left out")
    false_discovery: float = Field(0.01, description="rate for the group-level tests, Benjamini–Hochberg")
    null_runs: int = Field(
        20, ge=0, description="redrawn populations; with fewer no single group can reach max_q"
    )
    max_q: float = Field(0.05, description="q-value above which a group is not reported, only counted")
