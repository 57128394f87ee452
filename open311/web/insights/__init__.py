"""Pages of figures, for staff and for the public."""
