"""Gridtown with a website, emails, and alerts."""

from tests.residents.conftest import site_city, site_database
from tests.telling.conftest import mail_database, relay, served, town

__all__ = ["mail_database", "relay", "served", "site_city", "site_database", "town"]
