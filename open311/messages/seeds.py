"""Messages about files of a seed folder; schemas raise those without a name by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

SEED_FOLDER_MISSING = Message(
    "seed.folder_missing",
    api="%(folder)s is neither a folder nor a workbook (.xlsx or .ods).",
)
SEED_NO_SHEETS = Message(
    "seed.no_sheets",
    api="%(file)s has no sheet that a city needs, such as %(tables)s.",
)
SEED_SEVERAL = Message(
    "seed.several",
    api="There are several tables of %(name)s: %(places)s. Keep one of them.",
)
SEED_UNKNOWN_COLUMN = Message(
    "seed.unknown_column",
    api="There is no column %(column)s. Rename it to %(known)s, or remove it.",
)
SEED_MISSING_COLUMNS = Message(
    "seed.missing_columns",
    api="These columns are missing: %(columns)s. The table can have %(known)s.",
)
SEED_PROBLEM = Message(
    "seed.problem",
    api="%(place)s: %(problem)s",
)
SEED_FILE_MISSING = Message(
    "seed.file_missing",
    api="The file is missing. A workbook can have a sheet of this name instead.",
)
SEED_NOT_TOML = Message(
    "seed.not_toml",
    api="The file is not TOML (%(error)s).",
)
SEED_REPEATED = Message(
    "seed.repeated",
    api="%(key)s is already used in an earlier line.",
)
SEED_UNKNOWN_VALUE = Message(
    "seed.unknown_value",
    api="%(column)s '%(value)s' does not exist.",
)
SEED_NO_BOUNDARIES = Message(
    "seed.no_boundaries",
    api="The file contains no boundaries.",
)
SEED_NOT_A_LIST_QUESTION = Message(
    "seed.not_a_list_question",
    api="Question '%(question)s' of the service is not a list question.",
)
SEED_LIST_WITHOUT_ANSWERS = Message(
    "seed.list_without_answers",
    api="A list question needs answers in answers.csv.",
)
SEED_SAME_CASE = Message(
    "seed.same_case",
    api="Rule %(rule)s has the same conditions.",
)
SEED_HOURS_MISSING = Message(
    "seed.hours_missing",
    api="A rule with hours needs business_hours.csv.",
)
SEED_UNKNOWN_ANSWER = Message(
    "seed.unknown_answer",
    api="Answer '%(answer)s' does not belong to question '%(question)s' of the service.",
)
SEED_OUTSIDE = Message(
    "seed.outside",
    api="lat and long are outside the service area.",
)
SEED_PENDING = Message(
    "seed.pending",
    api="Only a request for a batch service can be pending.",
)
SEED_TEXT_WITHOUT_SITE = Message(
    "seed.text_without_site",
    api="Texts of a website need site.toml.",
)
SEED_RULE_NAMES_NOTHING = Message(
    "seed.rule_names_nothing",
    api="routing_rules.csv: rule %(rule)s uses %(place)s, which does not exist.",
)

MESSAGES = (
    Message(
        "seed.time_zone",
        api="%(field)s must be a time zone such as America/New_York.",
    ),
    Message(
        "seed.public_holidays",
        api="%(field)s must be a country such as US, or a part of one such as US-OH.",
    ),
    Message(
        "seed.days",
        api="%(field)s must be a whole number of days from %(low)s to %(high)s.",
    ),
    Message(
        "seed.months",
        api="%(field)s must be a whole number of months from %(low)s to %(high)s.",
    ),
    Message(
        "seed.server_url",
        api="%(field)s must be a web address such as https://311.example.org/open311/v2.",
    ),
    Message(
        "seed.comma",
        api="%(field)s: %(text)s can be read in two ways. Write %(one)s or %(other)s.",
    ),
    Message(
        "seed.moment",
        api=(
            "%(field)s must be a date and time, such as 2026-11-27 14:05 or %(example)s, or a "
            "number of days ago."
        ),
    ),
    Message(
        "seed.updated_before_requested",
        api="updated must not be before requested.",
    ),
    Message(
        "seed.id_of_pending",
        api="service_request_id is required, except for pending requests, which have none.",
    ),
    Message(
        "seed.clock_time",
        everywhere=N_("%(field)s must be a time of day such as 07:30."),
    ),
    Message(
        "seed.season_day",
        everywhere=N_("%(field)s must be a month and a day such as 11-01."),
    ),
    Message(
        "seed.weekdays",
        everywhere=N_("%(field)s must be days such as Mon Tue, or Mon-Fri. %(days)s is not valid."),
    ),
    Message(
        "seed.closes_before_opens",
        api="closes must be after opens.",
    ),
)
"""Messages that schemas and geo raise by key."""
