"""Send SMS from the outbox: replies first, then notifications."""
