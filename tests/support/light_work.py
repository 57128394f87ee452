"""Little work for password hashes and proofs of work, which is meant to be expensive elsewhere."""

from argon2 import PasswordHasher

from open311 import passwords
from open311.web import proof_of_work

THOROUGH = passwords._hasher
"""What the application hashes with outside of tests."""


def hash_lightly() -> None:
    """Let this process create Argon2id hashes of the smallest cost, for passwords of tests."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def ask_for_little_work() -> None:
    """Let the challenges of this process be solved in milliseconds; as many numbers are tried."""
    proof_of_work.COST = 50
