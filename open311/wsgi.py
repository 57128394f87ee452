"""WSGI entry point for gunicorn: open311.wsgi:application."""

from open311.app import create_app

application = create_app(serving=True)
