"""Geometry: places, boundaries, routing. Knows neither Flask nor the database nor schemas."""
