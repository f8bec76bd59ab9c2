"""Search with facets and snippets."""
