"""Who may read on: the Traffic Light Protocol 2.0 in STIX.

STIX 2.1 itself knows version 1 alone. The ids, dates and names are those of the five objects that OASIS
publishes (cti-stix-common-objects, extension-definition-specifications/tlp-2.0), and may not be made anew.
"""

from typing import Any

from linkage.errors import UsageError

EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
CREATED = "2022-10-01T00:00:00.000Z"
LEVELS = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}


def level(name: str) -> str:
    """A label as it is written, from `amber` or `TLP:AMBER`; raises UsageError for none of the five."""
    upper = name.strip().upper()
    found = upper if upper.startswith("TLP:") else f"TLP:{upper}"
    if found not in LEVELS:
        known = ", ".join(each.removeprefix("TLP:").lower() for each in LEVELS)
        raise UsageError(f"{name}: no label of TLP 2.0", hint=f"one of {known}")
    return found


def marking(name: str) -> dict[str, Any]:
    """The marking definition of a label."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": LEVELS[name],
        "created": CREATED,
        "name": name,
        "extensions": {
            EXTENSION: {
                "extension_type": "property-extension",
                "tlp_2_0": name.removeprefix("TLP:").lower(),
            }
        },
    }
