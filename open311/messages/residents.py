"""Messages about the residents' website."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

NO_SITE = Message(
    "site.none",
    page=N_("This server has no website for this address."),
)
CITY_WITHOUT_SITE = Message(
    "site.of_no_city",
    api="%(city)s has no website. Open one with open311 site open.",
)
SITE_CLOSED = Message(
    "site.without_secret",
    page=N_("The website is not available now. Try again later."),
)
FOREIGN_FORM = Message(
    "site.foreign_form",
    page=N_("This form was sent from another website. Open the page here and send it again."),
)
PAGE_UNKNOWN = Message(
    "site.page_unknown",
    page=N_("There is no page with this address."),
)
DATA_FILE_MISSING = Message(
    "site.no_data_file",
    page=N_("There is no such file now. The page about open data lists the files that exist."),
)
LINK_UNKNOWN = Message(
    "site.link_unknown",
    page=N_("This link does not work. Check that it is complete."),
)
MESSAGES = (
    Message(
        "site.host",
        everywhere=N_("%(field)s must be a host name such as 311.example.gov, in lower case."),
    ),
    Message(
        "site.color",
        everywhere=N_("%(field)s must be a color such as #1d5b8f."),
    ),
    Message(
        "site.color_contrast",
        everywhere=N_("White text cannot be read on this color. Choose a darker one."),
    ),
    Message(
        "site.origin",
        everywhere=N_(
            "%(field)s must be addresses such as https://www.example.gov, without a path."
        ),
    ),
    Message(
        "site.too_many",
        everywhere=N_("%(field)s can have %(limit)s entries at most."),
    ),
    Message(
        "site.limit",
        everywhere=N_("%(field)s must be a whole number above 0."),
    ),
    Message(
        "site.limits_in_order",
        everywhere=N_("The limit for a day must not be below the limit for an hour."),
    ),
    Message(
        "moderation.reason_required",
        page=N_("Enter a reason. Everybody can read it."),
    ),
    Message(
        "moderation.words_required",
        page=N_("Enter the words to cover, one phrase on each line."),
    ),
    Message(
        "moderation.boxes",
        page=N_(
            "Enter up to %(limit)s boxes, each on its own line. Give left, top, width, and height "
            "in percent, such as 10 20 30 15."
        ),
    ),
)
"""Messages that schemas raise by key."""

LOGO_MISSING = Message(
    "site.logo_missing",
    page=N_("Choose an image file."),
)
LOGO_NOT_STORED = Message(
    "site.logo_not_stored",
    page=N_("The logo could not be stored. Try again later."),
)
REPORTING_CLOSED = Message(
    "site.reporting_closed",
    page=N_("The city takes no reports on this website at the moment."),
)
DRAFT_GONE = Message(
    "draft.gone",
    page=N_("This request was sent, or it is older than 24 hours. Start a new one."),
)
REPORT_WITHDRAWN = Message(
    "report.withdrawn",
    page=N_("This request was withdrawn."),
)
SERVICE_NOT_OFFERED = Message(
    "site.service_not_offered",
    page=N_("Choose one of the services of this page."),
)
QUESTION_UNANSWERED = Message(
    "site.question_unanswered",
    page=N_("Answer this question: %(field)s"),
)
ADDRESS_UNCLEAR = Message(
    "site.address_unclear",
    page=N_("Choose one of these addresses, or say that it is none of them."),
)
CONTACT_REQUIRED = Message(
    "site.contact_required",
    page=N_("Enter an email address or a phone number. This service needs it to answer you."),
)
EMAIL_FOR_UPDATES = Message(
    "site.email_for_updates",
    page=N_("Enter the email address that updates should go to."),
)
PHONE_FOR_TEXTS = Message(
    "site.phone_for_texts",
    page=N_("Enter the phone number that texts should go to, with its area code."),
)
REPORT_CHANGED = Message(
    "site.report_changed",
    page=N_(
        "You sent this request before, and changed it since. Send it again if it is about "
        "another problem."
    ),
)
PROOF_SPENT = Message(
    "proof.spent",
    page=N_("This form was sent before. Check your report and send it again."),
)
PROOF_INVALID = Message(
    "proof.invalid",
    page=N_("This form is too old. Check your report and send it again."),
)
TOO_MANY_REPORTS = Message(
    "report.too_many",
    page=N_("Too many reports came from your network. Try again in %(minutes)s minutes."),
)
TOO_MANY_REPORTS_CALL = Message(
    "report.too_many_call",
    page=N_(
        "Too many reports came from your network. Try again in %(minutes)s minutes, or call "
        "%(phone)s."
    ),
)
NOT_HELD = Message(
    "hold.not_held",
    everywhere=N_("Request %(id)s is not held. Reload the page to see its status."),
)
TEXT_OR_PHOTO_REQUIRED = Message(
    "site.text_or_photo",
    page=N_("Write a sentence or add a photo."),
)
EMAIL_INVALID = Message(
    "site.email_invalid",
    page=N_("Enter an email address, such as name@example.com."),
)
ANSWER_REQUIRED = Message(
    "site.answer_required",
    page=N_("Choose an answer."),
)
NOT_JOINED_WHEN_CLOSED = Message(
    "site.closed_to_joining",
    page=N_("Request %(id)s is closed. If the problem is still there, report it again."),
)
NOT_CLOSED = Message(
    "site.not_closed",
    page=N_("The request is open. Add what you know to it."),
)
NOT_WAITING = Message(
    "site.not_waiting",
    page=N_("The city no longer waits for an answer. Add what you know to the request."),
)
NOTHING_TO_HIDE = Message(
    "site.nothing_to_hide",
    page=N_("This is hidden already."),
)
PHOTO_REMOVED_BEFORE = Message(
    "moderation.photo_removed_before",
    page=N_("There is no such photo of a note. It may have been removed."),
)
WORDS_NOT_FOUND = Message(
    "moderation.words_not_found",
    page=N_("The text does not contain: %(words)s"),
)
PHOTO_NOT_CHANGED = Message(
    "moderation.photo_not_stored",
    page=N_("The changed photo could not be stored. Try again later, or hide the photo."),
)
