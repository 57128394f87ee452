"""WSGI entry point for gunicorn: wsgi:application."""

from open311.app import create_app

application = create_app(serving=True)
