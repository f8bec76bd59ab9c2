"""What the office does for parties: passes for their own pages, requests for copies from receipt to link."""
