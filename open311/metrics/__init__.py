"""Metrics for Prometheus; gunicorn_config imports them only where OPEN311_METRICS_BIND is set.

All processes write into files of one folder, which prometheus_client must know when it is imported.
"""

import os
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

FOLDER = os.environ.setdefault(VARIABLE, "") or tempfile.mkdtemp(prefix="open311-metrics-")
"""The folder that the variable names, such as one below /run; by default, a temporary one."""

os.environ[VARIABLE] = FOLDER

Path(FOLDER).mkdir(parents=True, exist_ok=True)
for file in Path(FOLDER).glob("*.db"):  # of a server that has ended
    file.unlink()
