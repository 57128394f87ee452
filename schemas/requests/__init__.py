"""Service requests: incoming parameters and outgoing documents."""
