"""The endpoints of webhooks."""

from open311.georeport.openapi.endpoint import Endpoint, Shape
from open311.web.formats import CONTENT_TYPES
from schemas.base import ParametersSchema
from schemas.webhooks.documents import OutcomeSchema, WebhookSchema, WebhookWithDeliveriesSchema
from schemas.webhooks.forms import EndpointSchema, ReplaySchema

_JSON = {"": CONTENT_TYPES["json"]}

_TOPIC = "Webhooks"


def _action(name: str, code: str, summary: str, body: type[ParametersSchema]) -> Endpoint:
    return Endpoint(
        name=name,
        method="post",
        path=f"/webhooks/{{webhook}}/{code}",
        summary=summary,
        topic=_TOPIC,
        document=OutcomeSchema,
        body=body,
        for_tests=False,
        suffixes=_JSON,
        errors=(403, 409, 413),
    )


WEBHOOKS = (
    Endpoint(
        name="listWebhooks",
        method="get",
        path="/webhooks",
        summary="List the webhooks of an API key with the right webhooks",
        topic=_TOPIC,
        root="webhooks",
        document=WebhookSchema,
        shape=Shape.LIST,
        staff=True,
        for_tests=False,
        suffixes=_JSON,
        errors=(403,),
    ),
    Endpoint(
        name="addWebhook",
        method="post",
        path="/webhooks",
        summary="Add a webhook; the response has its secret",
        topic=_TOPIC,
        document=WebhookSchema,
        body=EndpointSchema,
        for_tests=False,
        suffixes=_JSON,
        errors=(403, 409, 413),
    ),
    Endpoint(
        name="getWebhook",
        method="get",
        path="/webhooks/{webhook}",
        summary="Get a webhook with its last deliveries",
        topic=_TOPIC,
        document=WebhookWithDeliveriesSchema,
        staff=True,
        for_tests=False,
        suffixes=_JSON,
        errors=(403,),
    ),
    _action("pingWebhook", "ping", "Send a test message, and get its outcome", ParametersSchema),
    _action("pauseWebhook", "pause", "Send nothing until it is resumed", ParametersSchema),
    _action("resumeWebhook", "resume", "Send everything that it missed", ParametersSchema),
    _action(
        "rotateWebhook",
        "rotate",
        "Replace the secret; for 7 days, messages are signed with both",
        ParametersSchema,
    ),
    _action("replayWebhook", "replay", "Send changes since a number or a time again", ReplaySchema),
    _action("retryWebhook", "retry", "Send dead messages again", ParametersSchema),
    _action("deleteWebhook", "delete", "Delete a webhook and its log", ParametersSchema),
)
