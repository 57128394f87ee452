"""What the processes under test are forked from: the application, imported once.

Nothing here is collected as garbage afterward. Otherwise each server would visit all of it at its
start, and copy the memory by that.
"""

import gc
import importlib

from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES

for name in (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "open311.cli",
    "open311.jobs.engine",
):
    importlib.import_module(name)
for language in LANGUAGES:
    read_messages(language)
gc.collect()
gc.freeze()
