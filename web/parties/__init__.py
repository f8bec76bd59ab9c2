"""The register of parties."""
