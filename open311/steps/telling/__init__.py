"""Steps that store what has to be told."""
