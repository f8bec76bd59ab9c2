"""Packages with their reports."""
