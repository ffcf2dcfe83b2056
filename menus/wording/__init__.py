"""Compose the texts that people read: sentences, replies, help, memory cards."""
