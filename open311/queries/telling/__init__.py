"""Reads of messages, their recipients, and what they may say."""
