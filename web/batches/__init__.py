"""Papers for many parties from one draft: table handed in, tried, made, watched, printed."""
