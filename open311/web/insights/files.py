"""Tables of figures as files."""

from flask import Response

from open311.errors import NotFound
from open311.messages.insights import FIGURE_UNKNOWN
from open311.web.insights.figure import Page


def figure_file(page: Page, key: str) -> Response:
    """Return the table of a figure of a page as CSV; raises NotFound if the page has no such one."""
    found = next((one for one in page.figures if one.key == key and one.rows), None)
    if found is None:
        raise NotFound(FIGURE_UNKNOWN, name=key[:100])
    answer = Response(found.as_csv(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.key}.csv"'
    return answer
