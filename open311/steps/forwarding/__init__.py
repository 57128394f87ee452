"""Steps that forward service requests to other servers."""
