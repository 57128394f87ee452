"""Changes of other servers, and of what is forwarded to them."""
