"""The staff workspace: pages under /staff."""
