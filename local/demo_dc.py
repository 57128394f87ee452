"""make demo-dc: the demonstration with two months of Washington's service requests."""

import shutil
import sys

from local.claims import VAR
from local.demo import ROOT, Demo
from local.run import main
from local.washington import write_demo_folder

DATA = ROOT.parent / "shared/data"


def run() -> int:
    """Write the city's files to a seed folder, and serve it."""
    if not (DATA / "dc").is_dir():
        print("The data of Washington (../shared/data/dc) is not on this machine.", file=sys.stderr)
        return 1
    folder = VAR / "dc"
    if not folder.is_dir():
        fresh = VAR / "dc.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        write_demo_folder(DATA, fresh)
        fresh.rename(folder)
    print(
        "Washington's 22,576 service requests. The first load takes about a minute.",
        flush=True,
    )
    return main(Demo("open311_dc", folder, "S0000", "38.9072", "-77.0369"))


if __name__ == "__main__":
    raise SystemExit(run())
