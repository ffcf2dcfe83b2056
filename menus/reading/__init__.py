"""Read one SMS: lexer, tokenizer, months, sections, pairing, commands, parser."""
