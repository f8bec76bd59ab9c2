"""Pages of the administrator: people and accounts, calendar, settings, numbers, seal, devices, backups; no case."""
