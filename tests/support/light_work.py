"""Less work for tests: for what is meant to be expensive, and for what is done repeatedly."""

from pathlib import Path

import requests
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from open311 import passwords
from open311.jobs import engine
from open311.web import counters, proof_of_work

COMPILED = Path(__file__).parents[2] / "var/templates"
THOROUGH = passwords._hasher
"""What the application hashes with outside of tests."""


def hash_lightly() -> None:
    """Let this process create Argon2id hashes of the smallest cost, for passwords of tests."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def ask_for_little_work() -> None:
    """Let the challenges of this process be solved in milliseconds; as many numbers are tried."""
    proof_of_work.COST = 50


def hurry_jobs() -> None:
    """Let the workers of this process look often for jobs, and not yield to the tests.

    The silence after which a worker is taken for dead stays, and so does how long a job may take
    when its process ends: on a slow machine less would be wrong.
    """
    engine.RESCUE = engine.POLL = engine.PAUSE = 0.5
    engine.NICENESS = 0


def wait_for_redis() -> None:
    """Let this process take no Redis for down because the machine is slow, as it imitates one."""
    counters.STORAGE_OPTIONS.update(socket_connect_timeout=60, socket_timeout=60)


def ask_directly() -> None:
    """Let requests of this process look for no proxy and no .netrc of the machine each time.

    That is a fourth of what asking a server of the tests takes, and none of them is behind one.
    """
    requests.Session.trust_env = property(lambda _session: False, lambda _session, _value: None)


def keep_compiled_templates() -> None:
    """Let applications of this process compile a template only if no other one did, or it changed.

    Compiled templates are kept for the next run, as Python keeps compiled modules.
    """
    COMPILED.mkdir(parents=True, exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}
