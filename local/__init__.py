"""Running Open311 on this machine: a PostgreSQL of the project's own, make run, make test."""
