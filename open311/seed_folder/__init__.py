"""Seed folders: files that a city clerk edits, checked and converted to seed data."""
