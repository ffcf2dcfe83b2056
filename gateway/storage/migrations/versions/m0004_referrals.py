"""How often the calendar has asked after a referral."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "referrals", sa.Column("chased", sa.Integer(), server_default="0", nullable=False)
    )
