"""The demo: a real organisation's places and one season's figures, and shifts that run now."""
