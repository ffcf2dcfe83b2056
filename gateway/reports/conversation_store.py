"""The conversations that a unit of work reads and changes."""

from collections.abc import Collection

from gateway.storage import conversations
from gateway.storage.conversations import Conversation
from gateway.storage.engine import Connection


class ConversationStore:
    """The conversations by post, as they stand with what this unit of work has changed.

    A conversation is looked up when it is first asked for; `prefetch` looks many up at once.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found: dict[int, Conversation] = {}
        self._looked_up: set[int] = set()
        self._changed: set[int] = set()

    def prefetch(self, post_ids: Collection[int]) -> None:
        """Look up the conversations of these posts in one statement."""
        missing = {*post_ids} - self._looked_up
        if missing:
            self._looked_up |= missing
            self._found |= conversations.load(self._connection, missing)

    def get(self, post_id: int) -> Conversation | None:
        """Return the conversation with a person as it stands now; None when there was none yet."""
        self.prefetch([post_id])
        return self._found.get(post_id)

    def put(self, conversation: Conversation) -> None:
        """Take a changed conversation."""
        self._looked_up.add(conversation.post_id)
        self._found[conversation.post_id] = conversation
        self._changed.add(conversation.post_id)

    def write(self) -> None:
        """Write the conversations that have changed, in the order of their posts."""
        conversations.save(
            self._connection, [self._found[post_id] for post_id in sorted(self._changed)]
        )
        self._changed = set()
