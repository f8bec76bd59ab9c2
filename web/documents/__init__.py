"""A document as page images and downloads."""
