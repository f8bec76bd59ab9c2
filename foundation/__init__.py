"""The floor everything stands on: settings, clock, ids, database, blobs, keys, journal, outbox, workflows, errors."""
