"""Open311 GeoReport v2 over HTTP, and its documented extensions."""
