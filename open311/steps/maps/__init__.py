"""Steps that write boundary sets."""
