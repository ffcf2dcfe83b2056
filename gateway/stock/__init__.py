"""Stock: what comes in, what runs out, what to bring to whom."""
