"""The form's sections become one flat object."""

from selection.answers import flat


def test_fields_of_the_sections_stand_at_the_top() -> None:
    """A rule finds a field by its key, wherever the form shows it."""
    answers = flat(
        {"application_table": {"uscc": "X"}, "declarations": {"is_legal_person": True}, "economic_benefit": {"total_assets": {}}}
    )
    assert answers == {"uscc": "X", "is_legal_person": True, "economic_benefit": {"total_assets": {}}}


def test_a_flat_object_stays_as_it_is() -> None:
    """Data kept flat (another form, an older year) is read alike."""
    assert flat({"uscc": "X", "competitors": []}) == {"uscc": "X", "competitors": []}
