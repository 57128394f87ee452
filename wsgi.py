"""WSGI entry point of a checkout: wsgi:application."""

from open311.wsgi import application

__all__ = ["application"]
