"""simulate: a population with known operators."""

from collections.abc import Sequence
from pathlib import Path

from linkage.cli.screen.terminal import say
from linkage.errors import command
from linkage.lab.simulate import simulate as write_population
from linkage.wording import many


def simulate(
    *,
    out: Path,
    profile: str,
    accounts: int,
    interactions: int,
    seed: int,
    prompts: Sequence[Path],
    withhold: Sequence[str],
    operator_accounts: int | None,
    unique_share: float | None,
) -> None:
    """Write a population, and who runs its accounts."""
    made = write_population(
        out,
        profile=profile,
        accounts=accounts,
        interactions=interactions,
        seed=seed,
        prompts=prompts,
        withhold=withhold,
        operator_accounts=operator_accounts,
        unique_share=unique_share,
    )
    controlled = sum(each.accounts for each in made.operators)
    operators = many(len(made.operators), "operator")
    say(f"{many(made.accounts, 'account')}, {controlled:,} of them run by {operators}")
    say(f"wrote {made.source} and {made.truth}")
    say(f"next: {command('linkage', 'investigate', made.source, '--case', out / 'case')}")
