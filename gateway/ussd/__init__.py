"""Answer USSD hops: one hop of a dialogue, and its effects on stored data."""
