"""Messages about parameters, form fields, and table cells, which schemas raise by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

MESSAGES = (
    Message(
        "field.required",
        everywhere=N_("%(field)s is required."),
    ),
    Message(
        "answer.required",
        api="%(field)s is required. %(code)s required.",
        page=N_("%(field)s is required."),
    ),
    Message(
        "field.invalid",
        everywhere=N_("%(field)s is not valid."),
    ),
    Message(
        "required.together",
        api="%(field)s is required with %(others)s.",
        page=N_("%(field)s is required together with the other values."),
    ),
    Message(
        "field.too_long",
        api="%(field)s must be %(limit)s characters or fewer; you sent %(length)s.",
        page=N_("%(field)s is too long. Use %(limit)s characters or fewer."),
    ),
    Message(
        "field.one_word",
        everywhere=N_("%(field)s must be one word without spaces."),
    ),
    Message(
        "field.url",
        api="%(field)s must be an HTTP or HTTPS URL.",
    ),
    Message(
        "field.latitude",
        api="%(field)s must be decimal degrees from -90 to 90, such as 39.7137.",
        page=N_("Enter the latitude in decimal degrees, such as 39.7137."),
    ),
    Message(
        "field.longitude",
        api="%(field)s must be decimal degrees from -180 to 180, such as -82.6003.",
        page=N_("Enter the longitude in decimal degrees, such as -82.6003."),
    ),
    Message(
        "field.date_time",
        api="%(field)s must be an ISO 8601 date and time, such as 2026-03-09T14:05:00Z.",
        page=N_("Enter a valid date for %(field)s."),
    ),
    Message(
        "field.date",
        api=(
            "%(field)s must be an ISO 8601 date and time, such as 2026-03-09T14:05:00Z, or a date "
            "such as %(example)s."
        ),
        page=N_("Enter a valid date for %(field)s."),
    ),
    Message(
        "field.day",
        api="%(field)s must be a date, such as 2026-11-25.",
        page=N_("Enter a valid date for %(field)s."),
    ),
    Message(
        "field.day_too_early",
        api="%(field)s must be %(first)s or later.",
        page=N_("%(field)s must be %(first)s or later."),
    ),
    Message(
        "field.written_day",
        api="%(field)s must be a date, such as 2026-11-25 or %(example)s.",
    ),
    Message(
        "field.number",
        api="%(field)s must be a number, such as 12.5.",
        page=N_("Enter %(field)s as a number, such as 12.5."),
    ),
    Message(
        "field.choice",
        api="%(field)s must be one of %(choices)s.",
        page=N_("Choose one of the listed answers for %(field)s."),
    ),
    Message(
        "field.flag",
        api="%(field)s must be true or false.",
        page=N_("Choose yes or no for %(field)s."),
    ),
    Message(
        "object.required",
        api="A JSON object with named values is required.",
    ),
    Message(
        "column.unknown",
        api="There is no column %(field)s. Remove it or correct its name.",
    ),
    Message(
        "service_code.required",
        api="service_code is required.",
        page=N_("Choose a service."),
    ),
    Message(
        "place.long_missing",
        api="long is required when lat is sent.",
        page=N_("Enter a longitude."),
    ),
    Message(
        "place.lat_missing",
        api="lat is required when long is sent.",
        page=N_("Enter a latitude."),
    ),
    Message(
        "place.required",
        api="A location is required: send lat and long, address_id, or address_string.",
        page=N_("Choose a location on the map or enter an address."),
    ),
    Message(
        "links.too_many",
        api="%(field)s was sent %(number)s times. Send %(limit)s links or fewer.",
    ),
    Message(
        "status.of_update",
        api="%(field)s must be one of %(choices)s. '%(word)s' is not a status.",
    ),
    Message(
        "update.request_required",
        api="service_request_id is required. Send the ID of the service request to update.",
    ),
    Message(
        "update.status_required",
        api="status is required. Send UNCHANGED to keep the current status.",
    ),
    Message(
        "explain.required",
        api="%(field)s is required. Send service_code, lat, and long, or service_request_id.",
        page=N_("Choose a service and a location."),
    ),
    Message(
        "status_notes.required_to_close",
        api="status_notes is required to close a request.",
        page=N_("Enter a public note that tells the requester why you are closing this request."),
    ),
    Message(
        "status_notes.required_to_reopen",
        api="status_notes is required to reopen a request.",
        page=N_("Enter a public note that says why you are reopening this request."),
    ),
    Message(
        "status_notes.required_to_ask",
        api="status_notes is required to ask the requester.",
        page=N_("Enter a question for the requester."),
    ),
    Message(
        "withdraw.reason_required",
        page=N_("Enter a reason for the withdrawal."),
    ),
    Message(
        "retention.months",
        page=N_("Enter a number of months."),
    ),
    Message(
        "erasure.not_confirmed",
        page=N_("Confirm that this cannot be undone."),
    ),
    Message(
        "duplicate.main_required",
        api="main is required. Send the number of the original request.",
        page=N_("Enter the number of the original request."),
    ),
    Message(
        "form.incomplete",
        page=N_("This page is missing information. Reload it and submit the form again."),
    ),
    Message(
        "response.not_chosen",
        page=N_("Choose a response template."),
    ),
    Message(
        "chosen.missing",
        page=N_("Select at least one request."),
    ),
    Message(
        "chosen.too_many",
        page=N_("You selected too many requests. Select %(limit)s or fewer."),
    ),
    Message(
        "chosen.outdated",
        page=N_("The list is out of date. Reload it and select the requests again."),
    ),
    Message(
        "name.required",
        page=N_("Enter a name."),
    ),
    Message(
        "role.required",
        page=N_("Choose a role."),
    ),
    Message(
        "rights.required",
        page=N_("Choose at least one right for this key."),
    ),
    Message(
        "department.required",
        page=N_("Choose a department."),
    ),
    Message(
        "options.format",
        page=N_("Enter each option as KEY=Label on its own line. Check this line: %(line)s."),
    ),
    Message(
        "options.repeated",
        page=N_("Each option needs a different key."),
    ),
    Message(
        "options.too_many",
        page=N_("Enter %(limit)s options or fewer."),
    ),
    Message(
        "layer.code",
        everywhere=N_(
            "Enter the layer code in lowercase letters, digits, and underscores, such as "
            "police_district."
        ),
    ),
    Message(
        "layer.required",
        page=N_("Enter the code of the layer for these boundaries."),
    ),
    Message(
        "code_field.required",
        page=N_("Enter the field of the file that contains the code of each boundary."),
    ),
    Message(
        "layer.reach",
        api="%(field)s must be a number of meters greater than 0 and no more than 10,000.",
    ),
    Message(
        "layer.reach_meters",
        page=N_("%(field)s must be more than 0 and at most %(limit)s meters."),
    ),
    Message(
        "layer.reach_feet",
        page=N_("%(field)s must be more than 0 and at most %(limit)s feet."),
    ),
    Message(
        "service.expected_days",
        everywhere=N_("%(field)s must be a number of days greater than 0 and no more than 3,650."),
    ),
    Message(
        "question.order",
        everywhere=N_("The order of a question must be a whole number from 1 to 10,000."),
    ),
)
