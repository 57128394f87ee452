"""The OpenAPI description of the API, made from the schemas that parse and render it."""
