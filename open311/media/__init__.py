"""Photos: checked, re-encoded, stored, fetched."""
