"""OGC API: the same service requests and boundaries for QGIS, ArcGIS and other programs."""
