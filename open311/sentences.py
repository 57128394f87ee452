"""What errors say to staff: to be recognised, and said in another language.

Sentences are made where the error is, in English, as the API and the command line give them. Here
each that the workspace is likely to show stands once more, with names in the place of what differs,
for those who translate. A test holds them to what the code says.
"""


def sentence(text: str) -> str:
    """Mark a sentence for who gathers what is to be translated."""
    return text


SENTENCES = (
    sentence(
        "Someone else has changed %(id)s meanwhile, and nothing was done: look at what has "
        "changed, and decide again."
    ),
    sentence("Your role lets you look at this service request, and not change it."),
    sentence("This page is for administrators alone: ask one of them."),
    sentence("The name or the password is wrong."),
    sentence("There were too many wrong passwords for this name: try again after %(time)s UTC."),
    sentence(
        "You are signed in there%(name)s, and nobody here is known by that: ask an administrator."
    ),
    sentence("%(account)s does not answer just now: try again later, or sign in with a password."),
    sentence("Signing in with %(account)s was broken off, or took too long: try again."),
    sentence("%(account)s did not say who you are: tell an administrator."),
    sentence("This form is too old, or not from here: load the page and send it again."),
    sentence("seen is missing, or no number: load the page again, and send its form."),
    sentence("This takes too long: ask for a smaller area, less time, or fewer rows."),
    sentence("status_notes is missing: say why it is closed, for who reported it."),
    sentence("status_notes is missing: say why it is open again."),
    sentence("status_notes is missing: say what you need to know."),
    sentence("A reason is missing: say why it is handed over."),
    sentence("A note is missing: say what others should know."),
    sentence("lat is missing."),
    sentence("long is missing."),
    sentence("service_code is missing: choose one."),
    sentence("main is missing: give the id of the other."),
    sentence("name is missing."),
    sentence("name is missing: say what to call it."),
    sentence("role is missing."),
    sentence("%(parameter)s has %(length)s characters; at most %(limit)s are allowed."),
    sentence(
        "%(parameter)s must be a number of degrees from -%(least)s to %(most)s, with a point "
        "before the decimals."
    ),
    sentence("%(parameter)s must be one of %(choices)s."),
    sentence("%(parameter)s must be a date and time such as 2026-03-09T14:05:00Z."),
    sentence("%(parameter)s must be a whole number from %(least)s on."),
    sentence("%(parameter)s must be places such as 39.71,-82.60;39.72,-82.61, %(most)s at most."),
    sentence("%(parameter)s must be lat,long,metres such as 39.71,-82.60,250."),
    sentence("%(parameter)s must reach from 1 to %(most)s metres."),
    sentence("%(parameters)s exclude one another: leave one."),
    sentence("after is of another list: begin anew."),
    sentence("polygon must have three corners or more."),
    sentence("polygon has no area: its corners lie on one line."),
    sentence("circle must not reach over a pole, or over 180 degrees of longitude."),
    sentence("along must have two places or more."),
    sentence("along must be a line of %(kilometres)s kilometres at most."),
    sentence("area %(number)s is not there, or not shared with you: choose another."),
    sentence(
        "area %(number)s is not shared with %(department)s: save the area for it first, and "
        "the view with that."
    ),
    sentence("This area is too small to be kept: draw a larger one."),
    sentence("There is no area to save: draw one on the map first."),
    sentence("You have one named %(name)s already: take another name."),
    sentence("You have saved nothing under number %(number)s."),
    sentence("chosen is missing: tick the service requests first."),
    sentence("chosen must be what the list holds: load it again."),
    sentence("chosen are too many: %(most)s at a time."),
    sentence("Service request %(id)s is %(status)s with this note already."),
    sentence("Service request %(id)s is %(whose)s already."),
    sentence(
        "User %(name)s may not work on what is with %(department)s: choose another, or hand "
        "the service request over first."
    ),
    sentence("There is no user named %(name)s: open311 users list has them all."),
    sentence("Service request %(id)s is at this place already."),
    sentence("Service request %(id)s is a %(service)s already."),
    sentence(
        "Service %(service)s differs from %(other)s in whether its reports are published: "
        "who reported did not agree to that."
    ),
    sentence("Service request %(id)s is with %(department)s already."),
    sentence("%(department)s has taken on %(id)s already."),
    sentence("Service request %(id)s is not pinned."),
    sentence("Service request %(id)s is closed: reopen it first."),
    sentence("Service request %(id)s waits already."),
    sentence("Service request %(id)s does not wait."),
    sentence("%(main)s is %(id)s itself or repeats it: name another."),
    sentence("%(id)s is linked to %(main)s already."),
    sentence("%(main)s is closed: reopen it, or close %(id)s as duplicate."),
    sentence("%(id)s is linked to none."),
    sentence("service_request_id %(id)s is not known here."),
    sentence("%(what)s has been withdrawn and is no longer here."),
    sentence("service_code %(code)s is not known here: take one from the service list."),
    sentence("Department %(code)s is not known here; there are %(known)s."),
    sentence("There is a department with the code %(code)s: take another."),
    sentence("Department %(code)s is called %(name)s: take another name."),
    sentence("A department belongs to role department, and to no other."),
    sentence("User %(name)s is the last administrator: make another one first."),
    sentence("User %(name)s is disabled already."),
    sentence("User %(name)s is in use already."),
    sentence("This is you: ask another administrator to do it."),
    sentence("There is no API key named %(name)s in use."),
    sentence("There is a service with the service_code %(code)s: take another."),
    sentence("Question %(code)s is the first already."),
    sentence("options: %(line)s must look like KEY=Name, a line for each."),
    sentence("options: each key must be there once."),
    sentence("Rule %(rule)s applies: %(what)s."),
)
