"""Rows are written as XML in two ways: both give the same octets."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from open311.web.formats import flat_xml, render_xml, tree_xml
from schemas.requests.documents import ServiceRequestSchema

texts = st.text(max_size=30) | st.text(alphabet="&<>\"'\r\n\t]\x00\x0b\ud800\ufffe é🚧", max_size=9)
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
plain = st.none() | st.booleans() | st.integers() | moments | texts | st.floats(-180, 180)
rows = st.lists(
    st.dictionaries(st.sampled_from(list(ServiceRequestSchema().fields)), plain, min_size=1),
    min_size=1,
)


@given(rows)
def test_flat_rows_are_written_as_the_tree_is(rows: list[dict[str, object]]) -> None:
    expected = tree_xml("service_requests", rows)
    assert flat_xml("service_requests", rows) == expected
    assert render_xml("service_requests", rows).endswith(expected)


def test_what_is_not_flat_is_written_by_the_tree() -> None:
    nested = [{"service_request_id": "1", "extended_attributes": {"boundaries": {"ward": "2"}}}]
    assert b"<boundaries><ward>2</ward></boundaries>" in render_xml("service_requests", nested)
    assert render_xml("service_requests", []).endswith(b"<service_requests/>")
    assert render_xml("service_requests", [{}]).endswith(
        b"<service_requests><request/></service_requests>"
    )
