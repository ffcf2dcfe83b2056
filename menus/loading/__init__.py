"""Load a catalogue from TOML and report every fault at once."""
