"""Writes that operations put together. A step never commits."""
