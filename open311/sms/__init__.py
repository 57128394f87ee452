"""Text messages: their characters, and the gateway that sends them."""
