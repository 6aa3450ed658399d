"""Stopper, to which the views say who may ask for them."""

from stopper import Stopper

# Every control, strict: what this example is about.
stopper = Stopper()
