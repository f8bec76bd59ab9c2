"""Uploads by tus 1.0, for every purpose that a floor registers (`foundation.uploads`)."""
