"""The residents' website: reporting, following, and reading, without an account."""
