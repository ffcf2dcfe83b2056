"""Find the sender of a message, its meaning, and the question that it answers."""
