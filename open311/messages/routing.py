"""Messages about departments of requests, routing rules, routing tests, and rerouting."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

TRANSFER_REASON = Message(
    "transfer.reason_required",
    api="reason is required to transfer a request.",
    page=N_("Enter a reason for the transfer."),
    command="A reason is required to transfer a request. Add %(field)s.",
)
SAME_DEPARTMENT = Message(
    "transfer.same_department",
    everywhere=N_("Request %(id)s is already with %(department)s."),
)
DEPARTMENT_LOCKED = Message(
    "department.locked",
    everywhere=N_("The department of request %(id)s is already set manually."),
)
DEPARTMENT_NOT_LOCKED = Message(
    "department.not_locked",
    everywhere=N_("Request %(id)s already uses automatic routing."),
)
ALREADY_ACKNOWLEDGED = Message(
    "request.already_acknowledged",
    everywhere=N_("%(department)s already acknowledged %(id)s."),
)
RULE_UNKNOWN = Message(
    "rule.unknown",
    everywhere=N_("There is no routing rule %(rule)s."),
)
TEST_EXISTS = Message(
    "routing_test.exists",
    everywhere=N_("There is already a routing test named %(name)s. Enter a different name."),
)
TEST_UNKNOWN = Message(
    "routing_test.unknown",
    everywhere=N_("There is no routing test named %(name)s."),
)
RULE_EXISTS = Message(
    "rule.exists",
    everywhere=N_("There is already a rule %(rule)s. Enter a different code, or change that rule."),
)
RULE_CHANGED_SINCE = Message(
    "rule.changed_since",
    everywhere=N_(
        "Someone else changed rule %(rule)s while you were working. Your change was not saved. "
        "Review the update and try again."
    ),
)
SAME_RULE = Message(
    "rule.same_case",
    everywhere=N_("Rule %(rule)s has the same conditions. Change that rule instead."),
)
RULE_SERVICE_UNKNOWN = Message(
    "rule.service_unknown",
    everywhere=N_("Service %(code)s does not exist."),
)
RULE_LAYER_UNKNOWN = Message(
    "rule.layer_unknown",
    everywhere=N_("Layer %(code)s does not exist."),
)
RULE_DEPARTMENT_UNKNOWN = Message(
    "rule.department_unknown",
    everywhere=N_("Department %(code)s does not exist."),
)
RULE_GROUP_EMPTY = Message(
    "rule.group_empty",
    everywhere=N_("The group %(group)s has no services."),
)
RULE_BOUNDARY_GONE = Message(
    "rule.boundary_gone",
    everywhere=N_(
        "The boundary %(boundary)s of the layer %(layer)s is in no current or future version."
    ),
)
RULE_WITHOUT_HOURS = Message(
    "rule.without_hours",
    everywhere=N_("The city has no business hours yet. Add them to use them in a rule."),
    command="The city has no business hours yet. Add them in business_hours.csv.",
)
RULE_ANSWER_UNKNOWN = Message(
    "rule.answer_unknown",
    everywhere=N_(
        "The answer %(answer)s does not belong to the question %(question)s of the service."
    ),
)
RULE_NAMES_NOTHING = Message(
    "exception.rule_names_nothing",
    everywhere=N_("Rule %(rule)s uses %(place)s, which would no longer exist."),
)
TEST_GOES_ELSEWHERE = Message(
    "exception.test_goes_elsewhere",
    everywhere=N_(
        "Routing test %(test)s must go to %(expected)s but goes to %(found)s. %(reason)s"
    ),
)
TEST_GOES_NOWHERE = Message(
    "exception.test_goes_nowhere",
    everywhere=N_(
        "Routing test %(test)s must go to %(expected)s but goes to no department. %(reason)s"
    ),
)
RULE_ENDS = Message(
    "carry.rule_ends",
    everywhere=N_("Rule %(rule)s for %(code)s ends."),
)
RULE_BEGINS = Message(
    "carry.rule_begins",
    everywhere=N_("Rule %(rule)s for %(code)s begins. It sends requests to %(department)s."),
)
RULE_BEGINS_UNTIL = Message(
    "carry.rule_begins_until",
    everywhere=N_(
        "Rule %(rule)s for %(code)s begins and applies until %(day)s. It sends requests to "
        "%(department)s."
    ),
)
RULE_COVERS_UNTIL = Message(
    "carry.rule_covers_until",
    everywhere=N_("Rule %(rule)s for %(code)s is already there. It applies only until %(day)s."),
)
MERGE_NEEDS_CHOICE = Message(
    "carry.choice_needed",
    api=(
        "Nothing was changed. Several boundaries become %(codes)s. Choose one of their rules: "
        "%(rules)s."
    ),
    page=N_(
        "Nothing was changed. Several boundaries become %(codes)s. Choose which of their rules "
        "continues: %(rules)s."
    ),
    command=(
        "Nothing was changed. Several boundaries become %(codes)s. Choose which of their rules "
        "continues with --keep-rule: %(rules)s"
    ),
)
CHOICE_UNKNOWN = Message(
    "carry.choice_unknown",
    everywhere=N_("There is no choice to make about rule %(rule)s."),
    command="There is no choice to make about rule %(rule)s. Remove --keep-rule %(rule)s.",
)
EXCEPTIONS_NEEDED = Message(
    "exception.needed",
    api="Nothing was changed. Approve each exception by its name: %(names)s.",
    page=N_("Nothing was changed. Correct the cause, or approve each exception."),
    command=(
        "Nothing was changed. Correct the map or the rule, or approve each exception: %(flags)s"
    ),
)
EXCEPTION_UNKNOWN = Message(
    "exception.unknown",
    api="There is no exception named %(name)s to approve.",
    page=N_("There is no exception named %(name)s to approve. Reload the page."),
    command="There is no exception named %(name)s. Remove --override %(name)s.",
)
REROUTE_UNKNOWN = Message(
    "reroute.unknown",
    everywhere=N_("There is no reroute %(number)s."),
    command="There is no reroute %(number)s. To list them, run open311 routing reroutes.",
)
REROUTE_UNDONE = Message(
    "reroute.undone",
    everywhere=N_("Reroute %(number)s was already undone on %(day)s."),
)

MESSAGES = (
    Message(
        "rule.code_required",
        page=N_("Enter a short code for the rule."),
    ),
    Message(
        "rule.what",
        page=N_("Choose a service or a group from the list."),
    ),
    Message(
        "rule.answered",
        page=N_("Choose an answer from the list."),
    ),
    Message(
        "rule.answer_of_other_service",
        page=N_(
            "This answer belongs to a question of service %(service)s. Choose that service, or "
            "choose any answers."
        ),
    ),
    Message(
        "rule.service_or_group",
        everywhere=N_("Choose a service or a group, not both."),
    ),
    Message(
        "rule.boundary_without_layer",
        everywhere=N_("A boundary requires its layer."),
    ),
    Message(
        "rule.question_without_service",
        everywhere=N_("A question requires its service."),
    ),
    Message(
        "rule.pair",
        api="%(names)s are required together.",
        page=N_("%(field)s is missing. Enter both the start and the end, or neither."),
    ),
    Message(
        "rule.same_times",
        everywhere=N_("The start time and the end time must be different."),
    ),
    Message(
        "rule.ends_before_it_begins",
        everywhere=N_("The end date of a rule must be later than its effective date."),
    ),
)
"""Messages that schemas and geo raise by key."""
