"""Messages about users, sign-in, roles, and API keys."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

SIGN_IN_WRONG = Message(
    "sign_in.wrong",
    everywhere=N_("The username or password is incorrect."),
)
SIGN_IN_DELAYED = Message(
    "sign_in.delayed",
    everywhere=N_("Too many failed sign-in attempts. Try again in %(minutes)s min."),
)
CODE_WRONG = Message(
    "sign_in.code_wrong",
    everywhere=N_("The code is incorrect or was already used. Enter the next code from your app."),
)
PASSWORD_NOT_ENOUGH = Message(
    "sign_in.password_not_enough",
    api=(
        "This user has two-step sign-in, so a password is not enough here. Use a staff key instead."
    ),
)
PASSWORD_WRONG = Message(
    "account.password_wrong",
    page=N_("The current password is incorrect."),
)
PASSWORD_ELSEWHERE = Message(
    "account.password_elsewhere",
    page=N_("You sign in with the city account, so you have no password here."),
)
TWO_STEP_ON = Message(
    "two_step.on",
    page=N_("Two-step sign-in is already on."),
)
TWO_STEP_OFF = Message(
    "two_step.off",
    everywhere=N_("Two-step sign-in of %(name)s is already off."),
)
ACCOUNT_UNKNOWN_HERE = Message(
    "sign_in.unknown_here",
    page=N_(
        "You signed in with the city account %(name)s, but you do not have access here. Contact an"
        " administrator."
    ),
)
ACCOUNT_WITHOUT_NAME = Message(
    "sign_in.without_name",
    page=N_(
        "You signed in with a city account, but you do not have access here. Contact an "
        "administrator."
    ),
)
ACCOUNT_SILENT = Message(
    "sign_in.silent",
    page=N_(
        "Sign-in with %(account)s is not available. Try again later, or sign in with a password."
    ),
)
ACCOUNT_UNFINISHED = Message(
    "sign_in.unfinished",
    page=N_("Sign-in with %(account)s did not finish. Try again."),
)
ACCOUNT_NAMELESS = Message(
    "sign_in.nameless",
    page=N_("Sign-in with %(account)s did not confirm who you are. Contact an administrator."),
)
ADMINISTRATORS_ONLY = Message(
    "role.administrators_only",
    page=N_("You need the Administrator role to open this page. Contact an administrator."),
)
READ_ONLY = Message(
    "role.read_only",
    api="Your role cannot change this request.",
    page=N_("Your role can view this request but cannot change it."),
)
CANNOT_ENTER = Message(
    "role.cannot_enter",
    page=N_("Your role can view requests but cannot enter new ones."),
)
ADMINISTRATORS_ERASE = Message(
    "role.administrators_erase",
    page=N_("You need the Administrator role to erase personal data. Contact an administrator."),
)
OWN_ACCOUNT = Message(
    "user.own_account",
    page=N_(
        "You cannot change your own account here. Open “Your account,” or ask another "
        "administrator."
    ),
)
USER_UNKNOWN = Message(
    "user.unknown",
    everywhere=N_("There is no user named %(name)s. Check the spelling."),
    command="There is no user named %(name)s. To list users, run open311 users list.",
)
USER_EXISTS = Message(
    "user.exists",
    everywhere=N_("There is already a user named %(name)s. Enter a different name."),
)
USER_NAME_INVALID = Message(
    "user.name_invalid",
    everywhere=N_(
        "Enter a username of %(limit)s characters or fewer with at least one letter or digit, "
        "without : or /."
    ),
)
FULL_NAME_INVALID = Message(
    "user.full_name_invalid",
    everywhere=N_("Enter a full name of %(limit)s characters or fewer, in one line."),
)
USER_DISABLED = Message(
    "user.disabled",
    everywhere=N_("User %(name)s is already disabled."),
)
USER_ACTIVE = Message(
    "user.active",
    everywhere=N_("User %(name)s is already active."),
)
LAST_ADMINISTRATOR = Message(
    "user.last_administrator",
    everywhere=N_("User %(name)s is the only administrator. Add another administrator first."),
)
DEPARTMENT_OF_ROLE = Message(
    "user.department_of_role",
    everywhere=N_("Choose a department only for the Department staff role."),
    command=(
        "A department is required for the role department, and only for it. Use --department with "
        "--role department."
    ),
)
PASSWORD_TOO_SHORT = Message(
    "user.password_too_short",
    everywhere=N_("Use a password of %(limit)s characters or more."),
)
EMAIL_TAKEN = Message(
    "user.email_taken",
    everywhere=N_("Another user has this email address. Enter a different one."),
)
EMAIL_NEEDED = Message(
    "user.email_needed",
    everywhere=N_("User %(name)s has no email address. Add one first."),
    command="User %(name)s has no email address. Run open311 users email %(name)s ADDRESS first.",
)
NO_EMAIL_ADDRESS = Message(
    "user.email_invalid",
    api="%(address)s is not an email address. Enter one such as name@example.com.",
)
NO_PASSWORD_HERE = Message(
    "user.no_password_here",
    everywhere=N_("User %(name)s signs in with the city account, so there is no password here."),
)
PASSWORD_LINK_USED = Message(
    "password_link.used",
    page=N_("This link was used, has expired, or was replaced. Ask for a new one."),
)
EMAIL_LINK_USED = Message(
    "email_link.used",
    page=N_("This link was used, has expired, or was replaced. Enter the address again."),
)
EMAIL_BY_ADMINISTRATOR = Message(
    "user.email_by_administrator",
    page=N_("This server sends no emails. Ask an administrator to change your address."),
)
KEY_UNKNOWN = Message(
    "key.unknown",
    everywhere=N_("There is no active API key named %(name)s."),
)
KEY_NAME_TAKEN = Message(
    "key.name_taken",
    everywhere=N_(
        "There is already an API key named %(name)s. Revoke it or enter a different name."
    ),
)
KEY_TAKEN = Message(
    "key.taken",
    everywhere=N_("This key is already in use, or was revoked. Use a different key."),
)
