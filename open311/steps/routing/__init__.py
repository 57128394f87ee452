"""Steps that write routing decisions."""
