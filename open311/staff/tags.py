"""Tags of the city: renamed, merged, and deleted."""

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.operations.requests.tags import drop_tag, rename_tag
from open311.queries.search.tags import list_tag_uses
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from schemas.vocabulary.tags import TAG_LIMIT, normal_tag

blueprint = staff_pages("staff_tags", "/staff/city/tags", administrators_only)

_ID = "<int(max=2147483647):tag_id>"


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the tags, how often each is used, and the forms to change them."""
    return _page()


@blueprint.post(f"/{_ID}/rename")
@login_required  # type: ignore[untyped-decorator]
def rename(tag_id: int) -> Response | tuple[str, int]:
    """Rename a tag; the name of another tag merges the two."""
    name = normal_tag(first(sent_values(), "tags") or "")
    try:
        is_merged = rename_tag(user().jurisdiction_id, tag_id, name)
    except Open311Error as error:
        return _page(error.problems, tag_id), 400
    flash(_("Merged into “%(name)s.”", name=name) if is_merged else _("Tag renamed."))
    return redirect(url_for(".index"), 303)


@blueprint.post(f"/{_ID}/drop")
@login_required  # type: ignore[untyped-decorator]
def drop(tag_id: int) -> Response | tuple[str, int]:
    try:
        drop_tag(user().jurisdiction_id, tag_id)
    except Open311Error as error:
        return _page(error.problems), 404
    flash(_("Tag deleted."))
    return redirect(url_for(".index"), 303)


def _page(problems: Sequence[Problem] = (), tag_id: int | None = None) -> str:
    return page(
        "tags.html",
        city(),
        problems,
        tags=list_tag_uses(user().jurisdiction_id),
        renamed=tag_id,
        typed=first(sent_values(), "tags") or "",
        limit=TAG_LIMIT,
    )
