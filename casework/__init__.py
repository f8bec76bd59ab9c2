"""What happens in a case: procedure, gates, deadlines, documents, recordings, services. Neighbours get frozen facts."""
