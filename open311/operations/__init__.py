"""Every write: each operation is one transaction with one commit."""
