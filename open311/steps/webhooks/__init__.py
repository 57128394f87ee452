"""Steps of webhooks."""
