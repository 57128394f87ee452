"""Values passed to operations and steps."""
