"""Accept messages, read them in batches, dispatch each to its handler."""
