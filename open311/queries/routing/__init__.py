"""Reads for routing: decisions, rules, explanations."""
