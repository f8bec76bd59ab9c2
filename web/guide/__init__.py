"""The guide for newcomers."""
