"""Reads about other servers and what is forwarded to them."""
