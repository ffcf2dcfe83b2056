"""File reports: the unit of work, filing, locks, rule context, validation."""
