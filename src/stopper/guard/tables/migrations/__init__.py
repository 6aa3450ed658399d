"""The history of the ready-made tables."""
