"""Search parameters of lists."""
