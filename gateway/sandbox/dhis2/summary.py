"""The answers of an import: DHIS2's `ImportSummary` and the `WebMessage` around it."""

from dataclasses import dataclass, field
from typing import Final, Literal

from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.options import Options

Family = Literal["legacy", "sql"]

_MESSAGES: Final = {
    "SUCCESS": "Import was successful.",
    "ERROR": "An error occurred, please check import summary.",
}
_WARNINGS: Final = {
    "legacy": "One more conflicts encountered, please check import summary.",
    "sql": "Import completed with warnings, please check import summary.",
}
_REASONS: Final = {
    200: "OK",
    201: "Created",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
}


@dataclass(slots=True)
class Summary:
    """The outcome of an import. `complete` is the date of completion, or "false"."""

    status: str = "SUCCESS"
    description: str = "Import process completed successfully"
    imported: int = 0
    updated: int = 0
    ignored: int = 0
    deleted: int = 0
    conflicts: list[Json] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    complete: str = "false"

    def as_json(self, options: Options) -> Json:
        """Return the ImportSummary as DHIS2 answers it."""
        return {
            "responseType": "ImportSummary",
            "status": self.status,
            "importOptions": {
                "idSchemes": {},
                "dryRun": options.dry_run,
                "async": options.in_background,
                "importStrategy": options.strategy,
                "reportMode": "FULL",
                "skipExistingCheck": options.skip_existing,
            },
            "description": self.description,
            "importCount": {
                "imported": self.imported,
                "updated": self.updated,
                "ignored": self.ignored,
                "deleted": self.deleted,
            },
            "conflicts": self.conflicts,
            "rejectedIndexes": self.rejected,
            "dataSetComplete": self.complete,
        }


def envelope(summary: Summary, options: Options, family: Family) -> tuple[Json, int]:
    """Return the body and the HTTP status.

    A partial failure (WARNING) is a 409 up to 2.42 and a 200 from 2.43 on, which is why no
    client may decide from the status (DHIS2, `WebMessageUtils.importSummary`).
    """
    status = summary.status
    http = {"SUCCESS": 200, "ERROR": 409, "WARNING": 409 if family == "legacy" else 200}[status]
    message = _WARNINGS[family] if status == "WARNING" else _MESSAGES[status]
    body = web_message(http, message, status="OK" if status == "SUCCESS" else status)
    return {**body, "response": summary.as_json(options)}, http


def web_message(http: int, message: str, *, status: str = "ERROR", code: str = "") -> Json:
    """Return DHIS2's `WebMessage` without a response inside."""
    body: Json = {
        "httpStatus": _REASONS.get(http, str(http)),
        "httpStatusCode": http,
        "status": status,
        "message": message,
    }
    return {**body, "errorCode": code} if code else body
