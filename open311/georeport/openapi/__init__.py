"""The OpenAPI description of the API, made from its schemas."""
