"""The senders of a batch of messages, and the meaning of each message by what the roster knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.context import Context
from gateway.conversation.interpretation import may_be_from_supervisor, place_of, understand
from gateway.conversation.likely_reports import likely_reports
from gateway.conversation.message import Known, Understood
from gateway.conversation.own_sites import site_named
from gateway.model.report import Key
from gateway.reports.conversation_store import ConversationStore
from gateway.roster.site_names import named
from gateway.stock.shipments import proposed_in
from gateway.storage import inbox, roster
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.engine import Connection
from gateway.storage.inbox import Message
from gateway.storage.number_changes import NumberChange
from gateway.storage.roster import Post, Unit
from menus.model.command import OUI, POUR, Continues
from menus.model.reading import Reading
from menus.model.roles import Role
from menus.reading.parser import read

# A person who works at several posts has a conversation at each; these keywords go on with one
# that has a question, or pages to come.
_GOES_ON: Final[Mapping[Continues, Callable[[Conversation], bool]]] = {
    Continues.QUESTION: lambda conversation: conversation.is_open,
    Continues.PAGES: lambda conversation: bool(conversation.more),
}


@dataclass(slots=True)
class Senders:
    """The senders of a batch of messages, with what was read of each message.

    `posts` and `twins` (posts of the same person on another telephone) are by (phone, month of
    sending as YYYYMM), `areas` the sites below a supervisor's unit by its id, `readings` by
    message, `joining` the changes of number that a stranger's phone was asked to agree to, by
    phone. A message without a reading is a stranger's.
    """

    connection: Connection
    context: Context
    messages: Sequence[Message]
    readings: dict[int, Reading] = field(default_factory=dict)
    posts: dict[tuple[str, str], list[Post]] = field(default_factory=dict)
    twins: dict[tuple[str, str], list[Post]] = field(default_factory=dict)
    areas: dict[int, list[Unit]] = field(default_factory=dict)
    joining: dict[str, list[NumberChange]] = field(default_factory=dict)
    moving_sites: frozenset[int] = frozenset()

    def post_ids(self) -> set[int]:
        """Return the posts whose conversations these messages may go on with."""
        return {post.id for posts in (*self.posts.values(), *self.twins.values()) for post in posts}

    def sites_to_lock(self, conversations: ConversationStore) -> set[int]:
        """Return every site whose reports these messages may change.

        It is worked out from what was typed and asked, before anything is understood: the
        agents' own sites, the sites that a supervisor names, those that a question is about.
        """
        found = set(self.moving_sites)
        for message in self.messages:
            found |= self._own_and_named(message)
        for post_id in self.post_ids():
            conversation = conversations.get(post_id)
            if conversation is not None:
                found |= _sites_asked(conversation)
        return found

    def referring_sites(self) -> dict[str, set[int]]:
        """Return the agents' sites of messages that refer a patient, by month of sending."""
        found: dict[str, set[int]] = {}
        for message in self.messages:
            reading, key = self.readings.get(message.id), self.key_of(message)
            command = reading and self.context.catalogue.commands.get(reading.command)
            if command and command.makes_referral:
                found.setdefault(key[1], set()).update(self._own_sites(key))
        return found

    def likely_reports(self, conversations: ConversationStore) -> set[Key]:
        """Return the reports that these messages will most likely touch, to look them up at once.

        A wrong guess costs a statement and nothing else.
        """
        found: set[Key] = set()
        for message in self.messages:
            reading = self.readings.get(message.id)
            if reading is not None:
                known = self._known(message, reading, conversations)
                found |= likely_reports(message, reading, known, self.context)
        return found

    def understand(self, message: Message, conversations: ConversationStore) -> Understood:
        """Return what a message means, with the conversation as it stands at this moment."""
        reading = self.readings.get(message.id)
        if reading is None:
            return self._of_stranger(message)
        known = self._known(message, reading, conversations)
        if len(known.own) > 1:
            return self._of_several(message, reading, known)
        return understand(message, reading, known, self.context)

    def admit(self, phone: str) -> None:
        """Look up a phone again that has just become an agent's, and read its messages."""
        for message in self.messages:
            key = self.key_of(message)
            if message.phone == phone:
                self.posts |= {key: roster.posts_of(self.connection, [phone], key[1])[phone]}
                self.readings[message.id] = read(message.text, self.context.catalogue)

    def key_of(self, message: Message) -> tuple[str, str]:
        """Return the key of a message's sender: phone, and month of sending."""
        return (message.phone, self.context.month(message.sent_at))

    def acts_on_area(self, reading: Reading) -> bool:
        """Return whether a keyword may change reports of the sender's whole area."""
        command = self.context.catalogue.commands.get(reading.command)
        return command is not None and command.changes_area

    def _own_sites(self, key: tuple[str, str]) -> set[int]:
        return {post.unit_id for post in self.posts.get(key, ()) if post.role == Role.AGENT}

    def _area(self, key: tuple[str, str]) -> list[Unit]:
        return [site for post in self.posts[key] for site in self.areas.get(post.unit_id, ())]

    def _own_and_named(self, message: Message) -> set[int]:
        key, reading = self.key_of(message), self.readings.get(message.id)
        if reading is None:
            return set()
        found = self._own_sites(key)
        if reading.command == POUR:
            found |= {site.id for site in named(self._area(key), place_of(reading).words)}
        elif self.acts_on_area(reading):
            found |= {site.id for site in self._area(key)}
        return found

    def _known(self, message: Message, reading: Reading, conversations: ConversationStore) -> Known:
        key = self.key_of(message)
        posts, twins = self.posts[key], self.twins.get(key, ())
        conversation = self._conversation([*posts, *twins], reading.command, conversations)
        return Known(posts, conversation, self._area(key), twins=twins)

    def _conversation(
        self, posts: Sequence[Post], keyword: str, conversations: ConversationStore
    ) -> Conversation | None:
        """Return the conversation that a keyword goes on with, else the latest at these posts."""
        at_posts = [found for post in posts if (found := conversations.get(post.id)) is not None]
        command = self.context.catalogue.commands.get(keyword)
        goes_on = _GOES_ON.get(command.continues) if command is not None else None
        going_on = [found for found in at_posts if goes_on is not None and goes_on(found)]
        return max(going_on or at_posts, key=lambda found: found.last_at, default=None)

    def _of_stranger(self, message: Message) -> Understood:
        """Return what a stranger's message means: nothing, or the OUI of a phone that was asked.

        The phone was asked whether it is an agent's (NUMERO).
        """
        changes = self.joining.get(message.phone, ())
        asked = any(message.sent_at - change.asked_at <= QUESTION_LIFETIME for change in changes)
        if not asked or read(message.text, self.context.catalogue).command != OUI:
            return Understood(message, None)
        return Understood(message, None, joins=tuple(changes))

    def _of_several(self, message: Message, reading: Reading, known: Known) -> Understood:
        """Return what the agent of several sites means, with the site that the message names.

        The name of a site alone answers the question which site: what was sent before is then
        taken up as it was, with the day on which it was sent.
        """
        catalogue = self.context.catalogue
        if may_be_from_supervisor(reading, known, catalogue):
            return understand(message, reading, known, self.context)
        found = site_named(message.text, known.own, catalogue)
        if found is None:
            return understand(message, reading, known, self.context)
        known = replace(known, chosen=found.post)
        if found.rest:
            return understand(message, read(found.rest, catalogue), known, self.context)
        before = self._held(message, known.conversation)
        if before is None:
            return understand(message, Reading(), known, self.context)
        meant = replace(before, id=message.id, received_at=message.received_at)
        understood = understand(meant, read(before.text, catalogue), known, self.context)
        return replace(understood, taken_up=True)

    def _held(self, message: Message, conversation: Conversation | None) -> Message | None:
        """Return the message that waits for the name of its site, while its question is open."""
        held_id = conversation.held_id if conversation is not None else None
        if held_id is None:
            return None
        in_batch = {other.id: other for other in self.messages}
        before = in_batch.get(held_id) or inbox.messages(self.connection, [held_id]).get(held_id)
        if before is None or message.sent_at - before.sent_at > QUESTION_LIFETIME:
            return None
        return before


def _sites_asked(conversation: Conversation) -> set[int]:
    """Return the sites whose reports or stock an answer to the question may change."""
    found = {asked.key[0] for asked in conversation.asked}
    if conversation.undo_id is not None:
        found |= {key[0] for key in conversation.touched}
    shipment = proposed_in(conversation)
    if shipment is not None:
        found.add(shipment.site_id)
    return found
