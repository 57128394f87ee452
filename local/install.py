"""Install missing packages: from Debian, from PyPI into .venv, and from npm for the browser.

Runs under any Python 3, before .venv exists, so it uses only the standard library.
"""

import importlib.util
import sys

from local import debian
from local.environment import install_environment

OLDEST_PYTHON = (3, 11)


def main() -> None:
    """Install, or exit with one sentence that lists the packages to install manually."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Python 3.11 or newer is needed. Install it, or set its path, as in make PYTHON=…")
    if "--browser" in sys.argv:
        install_for_tests(debian.missing_for_browsers(), "in a browser")
        return
    if "--imap" in sys.argv:
        install_for_tests(debian.missing_for_mail(), "with a mailbox")
        return
    if "--operations" in sys.argv:
        install_for_tests(debian.missing_for_operations(), "with what is missing")
        return
    needed = debian.missing_packages(pip=pip_is_there())
    useful = debian.missing_commands()
    if needed or useful:
        failure = debian.install(needed + useful)
        still = debian.missing_packages(pip=pip_is_there())
        if still:
            sys.exit(failure or f"Install {' and '.join(still)}; make cannot install them here.")
        if failure:
            print(f"{failure} The examples of the documentation use it.", flush=True)
    install_environment()


def install_for_tests(packages: list[str], what: str) -> None:
    """Install Debian packages for tests, which are skipped without them."""
    failure = debian.install(packages) if packages else ""
    if failure:
        print(f"{failure} Until then, tests {what} are skipped.", flush=True)


def pip_is_there() -> bool:
    """Return whether this Python can install pip in a virtual environment."""
    return importlib.util.find_spec("ensurepip") is not None or bool(debian.pip_wheels())


if __name__ == "__main__":
    main()
