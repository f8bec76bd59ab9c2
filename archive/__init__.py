"""A closed case becomes volumes and a package that anyone can verify; copies for parties are made here."""
