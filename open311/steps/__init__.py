"""Writes that operations combine. A step never commits."""
