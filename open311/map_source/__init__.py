"""Boundaries that are read from other servers: ArcGIS, OGC API, and plain files."""
