"""Judge numbers and dates: limits, cross-checks, history, stock arithmetic, calendar."""
