"""What the processes under test are forked from: the application, imported once.

Nothing here is collected as garbage afterward. Otherwise each server would visit all of it at its
start, and copy the memory by that.
"""

import gc
import importlib

for name in ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "open311.cli", "open311.nightly"):
    importlib.import_module(name)
gc.collect()
gc.freeze()
