"""Choosing provisions of the law, down to 条, 款, 项 and 目, in the version of the day of the act."""
