"""Open311 GeoReport v2 server that routes requests by boundaries."""
