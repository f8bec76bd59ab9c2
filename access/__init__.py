"""Agencies, persons, accounts, appointments, and the one policy that decides who may see or do what."""
