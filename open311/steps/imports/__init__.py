"""Steps that write what comes from seed folders and other servers."""
