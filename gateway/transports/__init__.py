"""The only room that calls out: one file per provider."""
