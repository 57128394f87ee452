"""Steps that store occasions for messages, and messages."""
