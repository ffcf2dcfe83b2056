"""The roster: import, export, and sites by their names."""
