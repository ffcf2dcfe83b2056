"""The senders of a batch of messages, and what each message means, as far as the roster knows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.context import Context
from gateway.conversation.interpretation import asks_from_above, place_of, understand
from gateway.conversation.likely_reports import likely_reports
from gateway.conversation.message import Known, Understood
from gateway.conversation.own_sites import site_named
from gateway.model.report import Key
from gateway.reports.conversation_store import ConversationStore
from gateway.roster.site_names import named
from gateway.storage import inbox, number_changes, org_tree, roster
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.engine import Connection
from gateway.storage.inbox import Message
from gateway.storage.number_changes import NumberChange
from gateway.storage.roster import Post, Unit
from menus.model.command import OUI, POUR, Continues
from menus.model.reading import Reading
from menus.model.roles import Role
from menus.reading.parser import read

# Who works at several posts has a conversation at each; these go on with one that has a
# question, or pages to come.
_GOES_ON: Final[Mapping[Continues, Callable[[Conversation], bool]]] = {
    Continues.QUESTION: lambda conversation: conversation.is_open,
    Continues.PAGES: lambda conversation: bool(conversation.more),
}


@dataclass(slots=True)
class Senders:
    """The senders of a batch: what was read of each message once, and who said it.

    `posts` and `twins` (posts of the same person on another telephone) are by (phone, month of
    sending as YYYYMM), `areas` the sites below a supervisor's unit by its id, `readings` by
    message, `joining` the changes of number that a stranger's phone was asked to agree to.
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
        """Return the reports that these messages will most likely touch, to look them up at
        once; a wrong guess costs a statement and nothing else."""
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
        """Look up a phone again that has just become an agent's."""
        for message in self.messages:
            key = self.key_of(message)
            if message.phone == phone:
                self.posts |= {key: roster.posts_of(self.connection, [phone], key[1])[phone]}
                self.readings[message.id] = read(message.text, self.context.catalogue)

    def key_of(self, message: Message) -> tuple[str, str]:
        """Return the key of a message's sender: phone, and month of sending."""
        return (message.phone, self.context.month(message.sent_at))

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
        elif _acts_on_area(reading, self.context):
            found |= {site.id for site in self._area(key)}
        return found

    def _known(self, message: Message, reading: Reading, conversations: ConversationStore) -> Known:
        key = self.key_of(message)
        posts, twins = self.posts[key], self.twins.get(key, ())
        talk = self._talk([*posts, *twins], reading.command, conversations)
        return Known(posts, talk, self._area(key), twins=twins)

    def _talk(
        self, posts: Sequence[Post], keyword: str, conversations: ConversationStore
    ) -> Conversation | None:
        """Of the conversations at these posts the latest, or the one that this goes on with."""
        talks = [talk for post in posts if (talk := conversations.get(post.id)) is not None]
        command = self.context.catalogue.commands.get(keyword)
        goes_on = _GOES_ON.get(command.continues) if command is not None else None
        going_on = [talk for talk in talks if goes_on is not None and goes_on(talk)]
        return max(going_on or talks, key=lambda talk: talk.last_at, default=None)

    def _of_stranger(self, message: Message) -> Understood:
        """Nothing that a stranger says is read, but for the OUI of a phone that was asked
        whether it is an agent's."""
        changes = self.joining.get(message.phone, ())
        asked = any(message.sent_at - change.asked_at <= QUESTION_LIFETIME for change in changes)
        if not asked or read(message.text, self.context.catalogue).command != OUI:
            return Understood(message, None)
        return Understood(message, None, joins=tuple(changes))

    def _of_several(self, message: Message, reading: Reading, known: Known) -> Understood:
        """What the agent of several sites says, once it is known of which.

        The name of a site alone is the answer to the question which one: what was sent before
        is taken up as it was, with the day on which it was sent.
        """
        catalogue = self.context.catalogue
        if asks_from_above(reading, known, catalogue):
            return understand(message, reading, known, self.context)
        found = site_named(message.text, known.own, catalogue)
        if found is None:
            return understand(message, reading, known, self.context)
        known = replace(known, chosen=found.post)
        if found.rest:
            return understand(message, read(found.rest, catalogue), known, self.context)
        before = self._held(message, known.talk)
        if before is None:
            return understand(message, Reading(), known, self.context)
        meant = replace(before, id=message.id, received_at=message.received_at)
        understood = understand(meant, read(before.text, catalogue), known, self.context)
        return replace(understood, taken_up=True)

    def _held(self, message: Message, talk: Conversation | None) -> Message | None:
        """The message that waits for the name of its site, while its question is open."""
        if talk is None or talk.held_id is None:
            return None
        ours = {other.id: other for other in self.messages}
        before = ours.get(talk.held_id) or inbox.messages(self.connection, [talk.held_id]).get(
            talk.held_id
        )
        if before is None or message.sent_at - before.sent_at > QUESTION_LIFETIME:
            return None
        return before


def senders_of(connection: Connection, messages: Sequence[Message], context: Context) -> Senders:
    """Look up the senders of messages and read each text once.

    Who a sender was is judged by the month of sending.
    """
    senders = Senders(connection, context, messages)
    senders.posts = _posts_of(connection, messages, context)
    senders.readings = {
        message.id: read(message.text, context.catalogue)
        for message in messages
        if (message.phone, context.month(message.sent_at)) in senders.posts
    }
    _look_up_areas(senders)
    _look_up_twins(senders)
    _look_up_strangers(senders)
    return senders


def senders_at(
    connection: Connection,
    message: Message,
    reading: Reading,
    unit_codes: Collection[str],
    context: Context,
) -> Senders:
    """Look up the sender of one message that was composed on a screen, at these units alone."""
    senders = Senders(connection, context, [message])
    posts = _posts_of(connection, [message], context)
    senders.posts = {
        key: [post for post in at if post.unit_code in unit_codes] for key, at in posts.items()
    }
    senders.readings = {message.id: reading}
    _look_up_areas(senders)
    _look_up_twins(senders)
    return senders


def _posts_of(
    connection: Connection, messages: Sequence[Message], context: Context
) -> dict[tuple[str, str], list[Post]]:
    phones: dict[str, set[str]] = {}
    for message in messages:
        phones.setdefault(context.month(message.sent_at), set()).add(message.phone)
    return {
        (phone, month): posts
        for month, wanted in sorted(phones.items())
        for phone, posts in roster.posts_of(connection, wanted, month).items()
    }


def _look_up_areas(senders: Senders) -> None:
    """The sites below those who speak for a site of theirs, or act on several."""
    wanted = {
        (post.unit_id, senders.context.month(message.sent_at))
        for message in senders.messages
        if (reading := senders.readings.get(message.id)) is not None
        if reading.command == POUR or _acts_on_area(reading, senders.context)
        for post in senders.posts[senders.key_of(message)]
    }
    senders.areas = {
        unit_id: org_tree.sites_below(senders.connection, [unit_id], month)
        for unit_id, month in sorted(wanted)
    }


def _look_up_twins(senders: Senders) -> None:
    """The other telephones of those who answer: same name at the same place is one person."""
    for message in senders.messages:
        reading = senders.readings.get(message.id)
        command = reading and senders.context.catalogue.commands.get(reading.command)
        key = senders.key_of(message)
        if command and command.continues is not Continues.NOTHING and key not in senders.twins:
            senders.twins[key] = _twins(senders.connection, senders.posts[key], key[1])


def _look_up_strangers(senders: Senders) -> None:
    """The changes of number that phones outside of the roster were asked to agree to."""
    strangers = {
        message.phone for message in senders.messages if message.id not in senders.readings
    }
    if not strangers:
        return
    senders.joining = number_changes.open_for(senders.connection, strangers)
    post_ids = {change.post_id for changes in senders.joining.values() for change in changes}
    if post_ids:
        month = max(senders.context.month(message.sent_at) for message in senders.messages)
        posts = roster.posts_by_id(senders.connection, post_ids, month)
        senders.moving_sites = frozenset(post.unit_id for post in posts)


def _acts_on_area(reading: Reading, context: Context) -> bool:
    command = context.catalogue.commands.get(reading.command)
    return command is not None and command.changes_area


def _sites_asked(conversation: Conversation) -> set[int]:
    found = {asked.key[0] for asked in conversation.asked}
    if conversation.undo_id is not None:
        found |= {key[0] for key in conversation.touched}
    if conversation.proposed is not None:
        found.add(int(conversation.proposed["site"]))
    return found


def _twins(connection: Connection, posts: Sequence[Post], month: str) -> list[Post]:
    """The posts of the same people on other telephones."""
    staff = roster.posts_at(connection, {post.unit_id for post in posts}, month)
    return [
        other
        for post in posts
        for other in staff.get(post.unit_id, ())
        if (other.name, other.role) == (post.name, post.role) and other.phone != post.phone
    ]
