"""Forwarding to DHIS2: what it should hold, sending it there, and comparing the two."""
