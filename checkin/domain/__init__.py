"""Rules and words as pure functions: standard library only, time comes in as an argument."""
