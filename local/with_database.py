"""Run a command with DATABASE_URL set to a new database: python -m local.with_database CMD…"""

import os
import subprocess
import sys

from local.cluster import throwaway_cluster
from local.postgresql import ClusterError


def main() -> int:
    """Return the command's exit status."""
    try:
        with throwaway_cluster() as cluster:
            environment = {**os.environ, "DATABASE_URL": cluster.create_database("open311")}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
