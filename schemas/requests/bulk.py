"""Fields of actions on all results of a search, and tags, which one request can have, too."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, post_load

from schemas.fields import Text
from schemas.requests.staff_work import (
    AssignSchema,
    ChangeServiceSchema,
    HandOverSchema,
    LinkSchema,
    PrioritySchema,
    SeenSchema,
    StatusSchema,
)
from schemas.search.fields import WholeNumber
from schemas.vocabulary import bulk
from schemas.vocabulary.tags import read_tags


class TagsSchema(SeenSchema):
    """Tags with commas between them, loaded as a list of what normal_tag returns."""

    tags = Text(2000, load_default="")

    @post_load
    def load_list(self, sent: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**sent, "tags": read_tags(sent["tags"])}


class RespondSchema(SeenSchema):
    """A response template by its id."""

    response = WholeNumber(1, required=True, error_messages={"required": "response.not_chosen"})


BULK_SCHEMAS: Mapping[str, type[Schema]] = {
    bulk.ACKNOWLEDGE: SeenSchema,
    bulk.ASSIGN: AssignSchema,
    bulk.TRANSFER: HandOverSchema,
    bulk.UPDATE_STATUS: StatusSchema,
    bulk.RESPOND: RespondSchema,
    bulk.CHANGE_SERVICE: ChangeServiceSchema,
    bulk.LINK: LinkSchema,
    bulk.APPROVE: SeenSchema,
    bulk.SET_PRIORITY: PrioritySchema,
    bulk.ADD_TAGS: TagsSchema,
    bulk.REMOVE_TAGS: TagsSchema,
}
"""The form of each of BULK_ACTIONS: that of the action on one request."""

UNSEEN = ["0"]
"""The change number in a form about many requests, each of which has one of its own."""
