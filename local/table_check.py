"""Whether the database of DATABASE_URL can be served; nothing is changed in it.

The command open311 db current would import the whole application, which takes seconds.
"""

import os
import sys

from sqlalchemy.exc import SQLAlchemyError

from open311.config import load_settings
from open311.errors import SettingError
from open311.messages.access import UNAVAILABLE
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.queries.revisions import why_unfit


def main() -> int:
    """Print why the database cannot be served, in one sentence, and return 1, or else 0."""
    try:
        refusal = why_unfit(load_settings(os.environ)["DATABASE_URL"])
    except SettingError as error:
        refusal = str(error)
    except SQLAlchemyError:
        refusal = command_sentence(Problem(UNAVAILABLE))
    if refusal:
        print(refusal)
    return 1 if refusal else 0


if __name__ == "__main__":
    sys.exit(main())
