"""Opening and filling papers, with the paper itself beside the form."""
