"""My work, and the tour of it by role."""
