"""The language of SMS and USSD: forms, words, reading, rules, menus. Standard library only."""
