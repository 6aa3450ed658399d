"""Tells the browser what each page may do, and hears what it stopped."""
