"""Print jobs: made from a paper, shown, fetched as one file, marked as printed."""
