"""Supervision: what supervisors ask and do, and whom the calendar reminds."""
