"""A gateway that notes what an operator posts to it."""

from flask import Flask, request


class Gateway:
    """A gateway that notes what is posted to it; `answers` are its next HTTP statuses."""

    def __init__(self, *answers: int) -> None:
        self.posts: list[tuple[str, bytes]] = []
        self.answers = list(answers)
        self.app = Flask("gateway-of-the-test")
        self.app.post("/at/<token>/<name>")(self.take)

    def take(self, token: str, name: str) -> tuple[str, int]:
        self.posts.append((f"{token}/{name}", request.get_data()))
        return "", self.answers.pop(0) if self.answers else 200
