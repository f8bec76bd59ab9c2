"""文书模板: every type with its fields, samples and versions; an agency's own Word templates up to their retirement."""
