"""DHIS2: what should stand there, bringing it there, and whether it does."""
