"""Values of the language: catalogue, form, field, check, problem, period, reading."""
