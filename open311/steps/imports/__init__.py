"""Steps that write data from seed folders and other servers."""
