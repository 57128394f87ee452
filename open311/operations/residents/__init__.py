"""Writes of the residents' website."""
