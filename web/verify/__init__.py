"""The public page that says whether a paper is genuine."""
