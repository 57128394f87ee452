"""Client that sends service requests to other GeoReport servers, and follows them there."""
