"""How the files of an Iceberg table that was copied elsewhere are found: loaded by its library, by name."""

from typing import Any
from urllib.parse import unquote, urlsplit

from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO

HOME, FOLDER = "linkage.home", "linkage.folder"
"""Properties: where the table says it lies, and where it lies here."""


class MovedFiles(PyArrowFileIO):
    """Reads every file of the table's home from the folder that was given."""

    def new_input(self, location: str) -> PyArrowFile:
        """The file of a location under the table's home; any other location as it is."""
        return super().new_input(moved(location, self.properties))


def moved(location: str, properties: dict[str, Any]) -> str:
    """The path here of a location under the table's home; any other location as it is."""
    home = unquote(urlsplit(str(properties[HOME])).path).rstrip("/") + "/"
    path = unquote(urlsplit(location).path)
    if not path.startswith(home):
        return location
    return f"{properties[FOLDER]}/{path.removeprefix(home)}"
