"""What the processes under test are forked from: the application, imported once.

Nothing here is collected as garbage, now or afterward. Otherwise each server would visit all of it
at its start, and copy the memory by that.
"""

import gc
import importlib

gc.disable()
for name in (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "open311.cli",
    "open311.jobs.engine",
):
    importlib.import_module(name)
languages = importlib.import_module("open311.web.languages")
for language in importlib.import_module("schemas.vocabulary.languages").LANGUAGES:
    languages.read_messages(language)
importlib.import_module("tests.support.compiled_urls").keep_compiled_urls()
gc.collect()
gc.freeze()
gc.enable()
