"""Password hashes that take a hundredth of the time, for tests of all but the hashes themselves."""

from argon2 import PasswordHasher

from open311 import passwords

THOROUGH = passwords._hasher
"""What the application uses outside of tests."""


def hash_lightly() -> None:
    """Let this process, and those that it forks, create Argon2id hashes of the smallest cost."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
