"""Figures of the office's work with the list behind each bar, and correction orders with their answers."""
