"""Client for other GeoReport servers: their documents as rows that can be imported."""
