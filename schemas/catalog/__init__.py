"""Departments and services."""
