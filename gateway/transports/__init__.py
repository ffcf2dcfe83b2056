"""The only room that calls other servers: a file, or a few, for each provider."""
