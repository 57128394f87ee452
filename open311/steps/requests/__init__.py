"""Steps that write service requests."""
