"""Messages about services, their questions, and departments."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

SERVICE_UNKNOWN = Message(
    "service.unknown",
    api="service_code '%(code)s' does not exist. See services.json.",
    page=N_("Service %(code)s does not exist. Choose one from the service list."),
    command="There is no service %(code)s.",
)
SERVICE_EXISTS = Message(
    "service.exists",
    everywhere=N_("The service code %(code)s is already in use. Enter a different code."),
)
VISIBILITY_FIXED = Message(
    "service.visibility_fixed",
    everywhere=N_(
        "You cannot change whether service %(code)s is public because it already has requests. Add"
        " a new service instead."
    ),
)
QUESTION_UNKNOWN = Message(
    "question.unknown",
    everywhere=N_("Service %(service)s has no question %(code)s."),
)
QUESTION_FIRST = Message(
    "question.first",
    everywhere=N_("Question %(code)s is already first."),
)
QUESTION_NEEDS_OPTIONS = Message(
    "question.needs_options",
    everywhere=N_("A list question needs options."),
)
QUESTION_WITHOUT_OPTIONS = Message(
    "question.without_options",
    everywhere=N_("Only list questions can have options."),
)
DEPARTMENT_UNKNOWN = Message(
    "department.unknown",
    api="Department %(code)s does not exist. Use one of: %(known)s.",
    page=N_("Department %(code)s does not exist. Choose one from the list."),
)
DEPARTMENT_REQUIRED = Message(
    "department.choose",
    api="department is required.",
    page=N_("Choose a department."),
    command="A department is required.",
)
DEPARTMENT_CODE_TAKEN = Message(
    "department.code_taken",
    everywhere=N_("The code %(code)s is already in use. Enter a different code."),
)
DEPARTMENT_NAME_TAKEN = Message(
    "department.name_taken",
    everywhere=N_("Department %(code)s is already named %(name)s. Enter a different name."),
)
DUPLICATE_METERS = Message(
    "service.duplicate_meters",
    everywhere=N_("%(field)s must be a whole number of meters from 0 to 5000."),
)
ORDER_CHANGED_SINCE = Message(
    "order.changed_since",
    everywhere=N_(
        "Someone else added or removed an entry while you were working. The list below is current. "
        "Put it in order again."
    ),
)
QUESTION_EXISTS = Message(
    "question.exists",
    everywhere=N_("There is already a question %(code)s. Enter a different code."),
)
