"""Tables of figures as files."""

from flask import Response

from open311.errors import NotFound
from open311.messages.figure_pages import FIGURE_UNKNOWN
from open311.web.insights.figure import Page


def figure_file(page: Page, key: str) -> Response:
    """Return the table of a figure as CSV; raises NotFound if the page does not have it."""
    found = next((one for one in page.figures if one.key == key and one.rows), None)
    if found is None:
        raise NotFound(FIGURE_UNKNOWN, name=key[:100])
    answer = Response(found.as_csv(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.key}.csv"'
    return answer
