"""Data that turns into code while it is read."""
