"""What the operator posts, decoded, and the plain answers that it gets."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Response, request


def posted() -> dict[str, str]:
    """The fields of a post, the first of each name.

    Decoded here, since Flask takes a whole form for empty when one byte of it is no UTF-8, and
    the operator would bring such a message back every minute for twelve hours.
    """
    body = request.get_data().decode("utf-8", "replace")
    return dict(reversed(parse_qsl(body, keep_blank_values=True, errors="replace")))


def text(words: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """An answer in plain text."""
    return Response(words, status, content_type="text/plain; charset=utf-8")
