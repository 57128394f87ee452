"""The search for service requests: criteria, and what they are in SQL."""
