"""Tools to run Open311 on this machine: PostgreSQL, make run, and make test."""
