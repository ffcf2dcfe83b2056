"""Reminders, missing reports and handover: what people are told without having asked."""
