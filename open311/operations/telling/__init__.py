"""Writes of messages: made from what has to be told, sent, and managed by staff."""
