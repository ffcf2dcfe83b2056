"""Referrals of patients: their texts, notices and reminders."""
