"""Reads for OGC API Features: collections filtered with CQL2."""
