"""Messages about submissions: location, photos, and retries."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

OUTSIDE = Message(
    "place.outside",
    api="The location is %(distance)s outside the %(city)s service area.",
    page=N_(
        "This location is outside %(city)s. Check the pin, or contact the city where the problem "
        "is."
    ),
)
OUTSIDE_BY_MISTAKE = Message(
    "place.outside_by_mistake",
    api="The location is outside the %(city)s service area. %(mistake)s",
    page=N_(
        "This location is outside %(city)s. Check the pin, or contact the city where the problem "
        "is."
    ),
)
ADDRESS_ID_UNKNOWN = Message(
    "place.address_id_unknown",
    api=(
        "address_id '%(address_id)s' does not exist. Take one from addresses.json, or send lat and"
        " long, or address_string."
    ),
)
NO_ADDRESS_REGISTER_FOR_ID = Message(
    "place.no_register_for_id",
    api=(
        "address_id cannot be used because this server has no address register. Send lat and long,"
        " or address_string."
    ),
)
NO_ADDRESS_REGISTER = Message(
    "address.no_register",
    api="%(city)s has no address register.",
)
TOO_MANY_PHOTOS = Message(
    "photo.too_many",
    api="%(name)s is one photo too many. Send %(limit)s or fewer.",
    page=N_("You selected too many photos. Choose %(limit)s or fewer."),
)
PHOTO_TOO_LARGE = Message(
    "photo.too_large",
    everywhere=N_("%(name)s is larger than %(limit)s bytes."),
)
PHOTO_TOO_MANY_PIXELS = Message(
    "photo.too_many_pixels",
    everywhere=N_(
        "%(name)s has too many pixels. The limit is %(limit)s in total and %(side)s along a side."
    ),
)
PHOTO_UNREADABLE = Message(
    "photo.unreadable",
    everywhere=N_(
        "%(name)s is not a photo that can be read. Use JPEG, PNG, HEIC, AVIF, WebP, GIF, TIFF, or "
        "BMP."
    ),
)
PHOTO_BROKEN = Message(
    "photo.broken",
    everywhere=N_("%(name)s is damaged or incomplete. Send it again."),
)
PHOTO_UNKNOWN = Message(
    "photo.unknown",
    api="Photo '%(name)s' does not exist.",
    page=N_("This photo does not exist."),
)
IDEMPOTENCY_KEY_INVALID = Message(
    "idempotency_key.invalid",
    api="Idempotency-Key must be 1 to %(limit)s printable ASCII characters, such as a UUID.",
)
IDEMPOTENCY_KEY_REUSED = Message(
    "idempotency_key.reused",
    api="This Idempotency-Key was already used with different content. Send a new key.",
)
UPDATE_ID_USED = Message(
    "update.id_used",
    api="update_id '%(update_id)s' was already used for service request '%(id)s'. Send a new one.",
)
TOKEN_UNKNOWN = Message(
    "token.unknown",
    api="Token '%(token)s' does not exist or has expired.",
    page=N_("There is no submission with the token %(token)s."),
)
TOKEN_APPROVED = Message(
    "token.approved",
    api="Token '%(token)s' was already approved. Its number is %(id)s.",
    page=N_("This submission was already approved as %(id)s."),
)
COMMENT_NOT_HELD = Message(
    "comment.not_held",
    page=N_("This comment does not need approval. Reload the page to see its status."),
)
SERVICE_CODE_REQUIRED = Message(
    "submission.service_required",
    api="service_code is required.",
    page=N_("Choose a service."),
)
