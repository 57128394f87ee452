"""What the processes under test are forked from: the application, imported and used once.

Nothing here is collected as garbage, now or afterward. Otherwise each server would visit all of it
at its start, and copy the memory by that.
"""

import gc
import importlib
import sys
import traceback
from pathlib import Path

gc.disable()
sys.path.insert(0, str(Path(__file__).parent))
for name in (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "open311.cli",
    "open311.jobs.engine",
    "programs",
    "servers",
):
    importlib.import_module(name)
commands = [*importlib.import_module("open311.cli").main.commands.values()]  # imports all of them
languages = importlib.import_module("open311.web.languages")
for language in importlib.import_module("schemas.vocabulary.languages").LANGUAGES:
    languages.read_messages(language)
importlib.import_module("compiled_urls").keep_compiled_urls()
try:
    importlib.import_module("warmed").warm_up()
except Exception:  # then servers start cold
    traceback.print_exc()
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)  # as in the process of the tests, see uncollected
gc.enable()
