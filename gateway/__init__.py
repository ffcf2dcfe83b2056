"""The gateway: receive and store messages, act on them, and deliver replies and reports."""
