"""Commands; no rule lives here."""
