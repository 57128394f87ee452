"""Values that edges hand to operations, and operations to steps."""
