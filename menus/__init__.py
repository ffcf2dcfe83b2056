"""What an agent sees and types: forms, words, grammar, rules. Standard library only."""
