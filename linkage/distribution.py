"""What was installed: its name on a package index, its extras, and the files that come with the program.

The command and the import name are `linkage`. The distribution cannot be called that: on the Python Package
Index the name belongs to another project.
"""

from importlib.resources import files
from pathlib import Path

from linkage.errors import InputError

NAME = "operator-linkage"
DAMAGED = f"the installation is damaged: install {NAME} again"


def install_command(extra: str) -> str:
    """The command that installs an extra of pyproject.toml."""
    return f"pip install '{NAME}[{extra}]'"


def packaged(name: str) -> Path:
    """A folder that is carried along: `queries` or `fixtures`.

    A wheel has it inside the package; in a checkout, also one installed as editable, it lies beside the
    package. Raises InputError where it is in neither place.
    """
    package = Path(str(files("linkage")))
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(f"{package / name}: not there", hint=DAMAGED)
