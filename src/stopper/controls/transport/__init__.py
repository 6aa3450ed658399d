"""How requests travel, and whose word about it is believed."""
