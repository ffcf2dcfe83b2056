"""Tables of reports, with every version they had."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from gateway.storage.tables.base import Document, Id, Moment, metadata, new_id

# A filled form. `stamps` tells for each value when it was sent and by which message, so
# that an older message that comes late fills gaps and never overwrites a newer value.
reports = Table(
    "reports",
    metadata,
    new_id(),
    Column("site_id", ForeignKey("org_units.id"), nullable=False),
    Column("form", String(20), nullable=False),
    Column("period", String(6), nullable=False),
    Column("receipt", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("values", Document, nullable=False),
    Column("days_out", Document, nullable=False),
    Column("stamps", Document, nullable=False),
    Column("pending", Document, nullable=False),
    Column("problems", Document, nullable=False),
    Column("refusals", Document, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("forwarded_version", Integer),
    Column("forwarded_at", Moment),
    Column("refused_version", Integer),
    Column("validated_at", Moment),
    Column("validated_by", Id),  # a post; None: the calendar, or the command line
    UniqueConstraint("site_id", "form", "period"),
    UniqueConstraint("site_id", "receipt"),
)
Index("ix_reports_period_site_id", reports.c.period, reports.c.site_id)

report_versions = Table(
    "report_versions",
    metadata,
    new_id(),
    Column("report_id", ForeignKey("reports.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("inbox_id", ForeignKey("inbox.id")),
    Column("post_id", ForeignKey("posts.id")),
    Column("values", Document, nullable=False),
    Column("days_out", Document, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    UniqueConstraint("report_id", "version"),
)
