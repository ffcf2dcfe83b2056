"""Doors, stores and pipes: how a message comes in, is kept, and goes out again."""
