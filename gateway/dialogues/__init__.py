"""Dialogues by USSD: one hop, who calls, what a screen needs from the database."""
