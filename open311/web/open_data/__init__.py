"""Files of all public requests of a city, and what their columns mean."""
