"""Geometry: points, boundaries, and routing. Independent of Flask, the database, and schemas."""
