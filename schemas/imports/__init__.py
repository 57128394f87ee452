"""Seed folders and documents of other servers."""
