"""Referrals: a sick person sent on, and what became of her."""
