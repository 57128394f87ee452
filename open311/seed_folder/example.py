"""The example city, which comes with the program."""

from pathlib import Path

_INSTALLED = Path(__file__).parents[1] / "example_city"
_OF_A_CHECKOUT = Path(__file__).parents[2] / "seed_data/lancaster"


def example_city() -> Path:
    """Return the seed folder of Lancaster, Ohio: the one of the wheel, or that of a checkout."""
    return _INSTALLED if _INSTALLED.exists() else _OF_A_CHECKOUT
