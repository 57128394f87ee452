"""What emails say, and their delivery."""
