"""Service requests, coming in and going out."""
