"""The endpoints of webhooks."""

from functools import partial

from open311.georeport.openapi.endpoint import Endpoint, Shape
from open311.web.formats import CONTENT_TYPES
from schemas.base import ParametersSchema
from schemas.webhooks.documents import OutcomeSchema, WebhookSchema, WebhookWithDeliveriesSchema
from schemas.webhooks.forms import EndpointSchema, ReplaySchema

_get = partial(
    Endpoint,
    method="get",
    topic="Webhooks",
    staff=True,
    for_tests=False,
    suffixes={"": CONTENT_TYPES["json"]},
    errors=(403,),
)
_post = partial(_get, method="post", staff=False, errors=(403, 409, 413))


def _action(
    name: str, code: str, summary: str, body: type[ParametersSchema] = ParametersSchema
) -> Endpoint:
    path = f"/webhooks/{{webhook}}/{code}"
    return _post(name=name, path=path, summary=summary, document=OutcomeSchema, body=body)


WEBHOOKS = (
    _get(
        name="listWebhooks",
        path="/webhooks",
        summary="List the webhooks of an API key with the right webhooks",
        root="webhooks",
        document=WebhookSchema,
        shape=Shape.LIST,
    ),
    _post(
        name="addWebhook",
        path="/webhooks",
        summary="Add a webhook; the response has its secret",
        document=WebhookSchema,
        body=EndpointSchema,
    ),
    _get(
        name="getWebhook",
        path="/webhooks/{webhook}",
        summary="Get a webhook with its last deliveries",
        document=WebhookWithDeliveriesSchema,
    ),
    _action("pingWebhook", "ping", "Send a test message, and get its outcome"),
    _action("pauseWebhook", "pause", "Send nothing until it is resumed"),
    _action("resumeWebhook", "resume", "Send everything that it missed"),
    _action(
        "rotateWebhook",
        "rotate",
        "Replace the secret; for 7 days, messages are signed with both",
    ),
    _action("replayWebhook", "replay", "Send changes since a number or a time again", ReplaySchema),
    _action("retryWebhook", "retry", "Send dead messages again"),
    _action("deleteWebhook", "delete", "Delete a webhook and its log"),
)
