"""What people do to a case: one function, one transaction each, in one order."""
