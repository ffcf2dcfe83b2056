"""Who sent the messages of a batch, and what each of them means, as far as the roster knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gateway.context import Context
from gateway.conversation.interpretation import asks_from_above, understand
from gateway.conversation.message import ANSWERS, Known, Understood
from gateway.conversation.own_sites import site_named
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import conversations, inbox, number_changes, roster
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.engine import Connection
from gateway.storage.inbox import Message
from gateway.storage.number_changes import NumberChange
from gateway.storage.roster import Post, Unit
from menus.model.reading import Reading
from menus.model.roles import Role
from menus.reading.parser import read

# Who works at several posts has a conversation at each; these go on with one that has a
# question, or pages to come.
_GOES_ON: Final[Mapping[str, Callable[[Conversation], bool]]] = {
    "OUI": lambda talk: talk.is_open,
    "NON": lambda talk: talk.is_open,
    "SUITE": lambda talk: bool(talk.more),
}


@dataclass(slots=True)
class Senders:
    """Who sent the messages of a batch, as far as the roster knows them."""

    context: Context
    months: dict[int, str]
    posts: dict[tuple[str, str], list[Post]]
    areas: dict[int, list[Unit]]
    talks: dict[int, Conversation]
    readings: dict[int, Reading]
    held: dict[int, Message]
    joining: dict[str, list[NumberChange]]
    twins: dict[tuple[str, str], list[Post]]

    @property
    def sites(self) -> set[int]:
        """The sites that an answer may turn out to be about."""
        own = [[one.unit_id for one in at if one.role == Role.AGENT] for at in self.posts.values()]
        several = {site for sites in own if len(sites) > 1 for site in sites}
        asked = {one.key[0] for talk in self.talks.values() for one in talk.asked}
        undone = {key[0] for talk in self.talks.values() if talk.undo_id for key in talk.touched}
        return several | asked | undone

    def understand(self, message: Message) -> Understood:
        """What the message means, with the conversation as it stands at this moment."""
        posts = self.posts.get((message.phone, self.months[message.id]), [])
        if not posts:
            return self._of_stranger(message)
        area = [site for post in posts for site in self.areas.get(post.unit_id, [])]
        reading = self.readings.get(message.id, Reading())
        twins = self.twins.get((message.phone, self.months[message.id]), ())
        known = Known(posts, self._talk([*posts, *twins], reading.command), area, twins=twins)
        if len(known.own) > 1:
            return self._of_several(message, reading, known)
        return understand(message, reading, known, self.context)

    def learn(self, uow: UnitOfWork, one: Understood) -> bool:
        """Takes note of how an earlier message of this batch has moved things on for the
        sender; whether it has, so that this message has to be understood anew."""
        talked = [post.id for post in one.posts if post.id in uow.talked]
        self.talks |= {post: uow.conversations[post] for post in talked}
        message = one.message
        key = (message.phone, self.months[message.id])
        joined = one.post is None and message.phone in uow.joined
        if joined:
            self.posts |= {key: roster.posts_of(uow.connection, [key[0]], key[1])[key[0]]}
            self.readings[message.id] = read(message.text, self.context.catalogue)
        return bool(talked) or joined

    def _of_stranger(self, message: Message) -> Understood:
        """Nothing that a stranger says is read, but for the OUI of a phone that was asked
        whether it is an agent's."""
        changes = self.joining.get(message.phone, ())
        asked = any(message.sent_at - one.asked_at <= QUESTION_LIFETIME for one in changes)
        if not asked or read(message.text, self.context.catalogue).command != "OUI":
            return Understood(message, None)
        return Understood(message, None, joins=tuple(changes))

    def _talk(self, posts: Sequence[Post], command: str) -> Conversation | None:
        """Of the conversations at her posts the latest, or the one that this goes on with."""
        talks = [self.talks[post.id] for post in posts if post.id in self.talks]
        goes_on = _GOES_ON.get(command)
        going_on = [one for one in talks if goes_on is not None and goes_on(one)]
        return max(going_on or talks, key=lambda one: one.last_at, default=None)

    def _of_several(self, message: Message, reading: Reading, known: Known) -> Understood:
        """What the agent of several sites says, once it is known of which.

        The name of a site alone is the answer to the question which one: what she had sent
        then is taken up as it was, with the day on which she sent it.
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
        """Her message that waits for the name of its site, while its question is open."""
        before = self.held.get(talk.held_id) if talk is not None and talk.held_id else None
        if before is None or message.sent_at - before.sent_at > QUESTION_LIFETIME:
            return None
        return before


def senders_of(connection: Connection, messages: Sequence[Message], context: Context) -> Senders:
    """Loads the senders. Who somebody was is judged by the month of sending."""
    months = {one.id: one.sent_at.astimezone(context.timezone).strftime("%Y%m") for one in messages}
    posts: dict[tuple[str, str], list[Post]] = {}
    for month in sorted(set(months.values())):
        phones = {one.phone for one in messages if months[one.id] == month}
        found = roster.posts_of(connection, phones, month)
        posts |= {(phone, month): at for phone, at in found.items()}
    readings = {
        one.id: read(one.text, context.catalogue)
        for one in messages
        if (one.phone, months[one.id]) in posts
    }
    for_others = {
        (post.unit_id, months[one.id])
        for one in messages
        if one.id in readings and readings[one.id].command == "POUR"
        for post in posts[one.phone, months[one.id]]
    }
    areas = {unit: roster.sites_below(connection, [unit], month) for unit, month in for_others}
    answers = {
        (one.phone, months[one.id])
        for one in messages
        if one.id in readings and readings[one.id].command in ANSWERS
    }
    twins = {key: _twins(connection, posts[key], key[1]) for key in sorted(answers)}
    people = {post.id for found in (*posts.values(), *twins.values()) for post in found}
    talks = conversations.load(connection, people) if people else {}
    waiting = [talk.held_id for talk in talks.values() if talk.held_id is not None]
    held = inbox.messages(connection, waiting) if waiting else {}
    held |= {one.id: one for one in messages}
    strangers = {one.phone for one in messages if (one.phone, months[one.id]) not in posts}
    joining = number_changes.open_for(connection, strangers) if strangers else {}
    return Senders(context, months, posts, areas, talks, readings, held, joining, twins)


def _twins(connection: Connection, posts: Sequence[Post], month: str) -> list[Post]:
    """Her posts on other telephones: the same name at the same place is one person."""
    staff = roster.posts_at(connection, {post.unit_id for post in posts}, month)
    return [
        other
        for post in posts
        for other in staff.get(post.unit_id, ())
        if (other.name, other.role) == (post.name, post.role) and other.phone != post.phone
    ]
