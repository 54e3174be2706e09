"""keys exchange: the secret key of an indicator exchange."""

from pathlib import Path

from linkage.attribution.exchange_key import new_exchange_key
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say


def exchange(*, file: Path) -> None:
    """Make the key of an exchange."""
    print(safe(new_exchange_key(file).name()))
    say(f"{file} is the secret key: your partner needs the same file, and nobody else may have it")
