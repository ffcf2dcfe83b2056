"""The only room with SQLAlchemy, and with Redis state."""
