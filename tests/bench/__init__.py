"""The figures of `make bench`: how fast messages are taken in, and reports brought to DHIS2."""
