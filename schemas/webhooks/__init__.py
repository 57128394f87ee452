"""Parameters and documents of webhooks."""
