"""Pages and the JSON API; no rule lives here."""
