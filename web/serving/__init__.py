"""Serving papers: attempts with their proof, printing for a round of service, scanned stacks."""
