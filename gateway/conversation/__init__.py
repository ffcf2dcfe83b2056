"""Who wrote, what it meant, and what was asked."""
