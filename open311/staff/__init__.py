"""Staff workspace: pages under /staff."""
