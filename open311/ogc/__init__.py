"""OGC API Features and Tiles over HTTP, for QGIS, ArcGIS, and other clients."""
