"""A section refuses what it does not know, and its numbers say what they are."""

import pytest
from pydantic import ValidationError

from linkage.settings.section import Section, setting


class Made(Section):
    """A section for these tests."""

    share: float = setting(0.5, "a share", source="a reason", changes="a table", ge=0, le=1)


def test_a_setting_keeps_its_texts_and_bounds() -> None:
    field = Made.model_fields["share"]
    assert (field.default, field.description) == (0.5, "a share")
    assert field.json_schema_extra == {"source": "a reason", "changes": "a table"}
    assert Made(share=1).share == 1
    for wrong in (-0.1, 1.1, "much"):
        with pytest.raises(ValidationError):
            Made(share=wrong)  # type: ignore[arg-type]


def test_an_unknown_name_is_an_error_and_nothing_can_be_changed_later() -> None:
    with pytest.raises(ValidationError, match="shares"):
        Made(shares=0.2)  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="frozen"):
        Made().share = 0.2
