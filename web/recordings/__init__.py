"""The player and its media."""
