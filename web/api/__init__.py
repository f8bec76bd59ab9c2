"""The interface for programs, `/api/v1`: the operations and the policy of the pages, as JSON."""
