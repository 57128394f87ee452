"""Answers of residents: whether a problem is fixed, and what is wrong with a page."""

YES, NO, UNSURE = "yes", "no", "unsure"

FEEDBACK_ANSWERS = (YES, NO, UNSURE)

FLAG_REASONS = ("personal", "offensive", "untrue", "other")
"""It shows personal data, it is offensive, it is not true or already fixed, or something else."""
