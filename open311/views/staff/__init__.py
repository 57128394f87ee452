"""The workspace under /staff: pages for the city's own people."""
