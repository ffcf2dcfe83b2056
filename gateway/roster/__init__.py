"""Import and export the roster, and find sites by name."""
