"""How fast the server is: each figure a ratio to a reference that runs in turn with it."""
