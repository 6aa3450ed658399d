"""Hardens what other extensions do, where an app has them: each is a guest of ours."""
