"""List of cases and the case page."""
