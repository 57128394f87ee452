"""An Open311 GeoReport v2 server that routes every service request by the boundaries it lies in."""
