"""What the app is built on, and whether someone still mends it."""
