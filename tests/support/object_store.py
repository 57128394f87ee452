"""rclone's S3 server, which keeps each object as a file: an S3 server that is no imitation."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from servers import PATIENCE, free_port, wait_until

RCLONE = shutil.which("rclone", path=os.pathsep.join([str(Path(sys.executable).parent)]))
needs_rclone = pytest.mark.skipif(RCLONE is None, reason="no rclone is installed here: make parts")

KEY, SECRET, BUCKET = "a-key-of-tests", "a-secret-of-tests", "photos"


@dataclass
class ObjectStore:
    """An S3 server on a port of its own, and the folder with its buckets."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        address = f"127.0.0.1:{self.port}"
        log = (self.folder.parent / "rclone.log").open("ab")
        command = [str(RCLONE), "serve", "s3", "--addr", address, "--auth-key", f"{KEY},{SECRET}"]
        with log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", *command, str(self.folder)], stderr=log
            )
        assert wait_until(self._responds)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _responds(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return bool(requests.get(f"http://127.0.0.1:{self.port}", timeout=PATIENCE).status_code)
        return False

    def environment(self, secret: str = SECRET) -> dict[str, str]:
        """Return variables that lead every S3 program there."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            # It sends the checksum of the whole file with a part.
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        }

    def names(self) -> set[str]:
        """Return the names of all objects of the bucket."""
        root = self.folder / BUCKET
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@contextlib.contextmanager
def running_store(folder: Path) -> Iterator[ObjectStore]:
    """Yield a running store with an empty bucket."""
    buckets = folder / "buckets"
    (buckets / BUCKET).mkdir(parents=True)
    store = ObjectStore(buckets, free_port())
    store.start()
    try:
        yield store
    finally:
        store.stop()
