"""Constant tables shared by every layer: statuses, data types, and file formats."""
