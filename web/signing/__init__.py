"""Approving, signing, giving back and issuing papers; signing on one's own phone by a code."""
