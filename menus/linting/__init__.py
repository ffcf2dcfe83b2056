"""Find what is wrong with a catalogue that loads: budgets, screens, similar words."""
