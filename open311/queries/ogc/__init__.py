"""What OGC API shows: collections of features, filtered in CQL2."""
