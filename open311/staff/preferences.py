"""How a user wants to work: a form of the account page."""

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.operations.people.preferences import choose_preferences
from open311.staff.pages import leave_name, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.people import PreferencesSchema

blueprint = staff_pages("staff_preferences", "/staff/preferences", leave_name)


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def choose() -> Response:
    asked = parse(PreferencesSchema(), sent_values())
    choose_preferences(user().id, asked["after_action"], shortcuts=asked["shortcuts"])
    flash(_("Preferences saved."))
    return redirect(url_for("staff_account.show"), 303)
