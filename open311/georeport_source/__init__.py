"""Reading another GeoReport server: its documents, turned into rows that can be imported."""
