"""Reads of the residents' website."""
