"""Tests of reading a post: bad bytes cost no field, and the first of a name counts."""

import pytest
from flask import Flask

from gateway.web.posts import plain_text, posted_fields


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"id=1&text=PEC+10", {"id": "1", "text": "PEC 10"}),
        (b"text=&id", {"text": "", "id": ""}),
        (b"text=a%FF%C3%A9b", {"text": "a\ufffdéb"}),
        (b"id=\xff1", {"id": "\ufffd1"}),
        (b"id=1&id=2", {"id": "1"}),
        (b"", {}),
    ],
)
def test_the_fields_of_a_post(body: bytes, fields: dict[str, str]) -> None:
    with Flask("test").test_request_context(method="POST", data=body):
        assert posted_fields() == fields


def test_an_answer_in_plain_text() -> None:
    answer = plain_text("CON Mois ?")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
