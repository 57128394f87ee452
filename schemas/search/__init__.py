"""What lists are searched by."""
