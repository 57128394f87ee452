"""Writes of messages: made, sent, and managed by staff."""
