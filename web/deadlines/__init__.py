"""Running periods: lists by risk, orders of heads, reminders, the calendar address."""
