"""Pages on which closed cases are arranged and packed, and packages and files checked."""
