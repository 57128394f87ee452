"""CQL2 filters, and areas drawn on a map."""
