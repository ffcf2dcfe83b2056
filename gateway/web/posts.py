"""Reading an operator's post, and answering it in plain text."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Response, request


def posted_fields() -> dict[str, str]:
    """Return the decoded fields of a post, by name; of several with one name the first.

    They are decoded in this function, since Flask takes a whole form for empty when one byte of
    it is not UTF-8, and the operator would repeat such a message every minute for twelve hours.
    """
    body = request.get_data().decode("utf-8", "replace")
    return dict(reversed(parse_qsl(body, keep_blank_values=True, errors="replace")))


def plain_text(words: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer in plain text."""
    return Response(words, status, content_type="text/plain; charset=utf-8")
