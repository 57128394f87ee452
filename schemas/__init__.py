"""Schemas of incoming and outgoing data. Independent of Flask, the database, and geo."""
