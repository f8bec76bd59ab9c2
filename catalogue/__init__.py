"""Typed document definitions and statutes: what the law asks of each paper, as data with its source."""
