"""Pure values that any room may use: report, referral, roster, roles, phone, outcomes."""
