"""Links that call a phone number."""

import pytest

from open311.web.phone_links import phone_link


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("(740) 687-6600", "tel:7406876600"),
        ("+1 740.687.6600", "tel:+17406876600"),
        ("(+44) 20 7946 0018", "tel:+442079460018"),
        ("911", "tel:911"),
        ("740-687-6600 ext. 12", "tel:7406876600"),
        ("740-687-6600x12", "tel:7406876600"),
        ("740-687-6600, 12#", "tel:7406876600"),
        ("1-800-555-CITY", "tel:18005552489"),
        ("740-687-6600 City Hall", "tel:7406876600"),
        ("740 687+6600", "tel:7406876600"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_link_has_the_digits_and_a_leading_plus(number: str, link: str) -> None:
    assert phone_link(number) == link
