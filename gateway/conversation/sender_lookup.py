"""Look up the senders of messages in the roster, and read each text once."""

from collections.abc import Collection, Sequence

from gateway.context import Context
from gateway.conversation.senders import Senders
from gateway.storage import number_changes, org_tree, roster
from gateway.storage.engine import Connection
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from menus.model.command import POUR, Continues
from menus.model.reading import Reading
from menus.reading.parser import read


def senders_of(connection: Connection, messages: Sequence[Message], context: Context) -> Senders:
    """Return the senders of messages, with the reading of each text.

    The posts of a sender are those of the month of sending.
    """
    senders = Senders(connection, context, messages)
    senders.posts = _posts_of(connection, messages, context)
    senders.readings = {
        message.id: read(message.text, context.catalogue)
        for message in messages
        if senders.key_of(message) in senders.posts
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
    """Return the sender of one message that was composed on a screen, at these units alone."""
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
    """Look up the sites below supervisors who report for a site, or act on several."""
    wanted = {
        (post.unit_id, senders.context.month(message.sent_at))
        for message in senders.messages
        if (reading := senders.readings.get(message.id)) is not None
        if reading.command == POUR or senders.acts_on_area(reading)
        for post in senders.posts[senders.key_of(message)]
    }
    senders.areas = {
        unit_id: org_tree.sites_below(senders.connection, [unit_id], month)
        for unit_id, month in sorted(wanted)
    }


def _look_up_twins(senders: Senders) -> None:
    """Look up the other telephones of people who answer a question or ask for the next page."""
    for message in senders.messages:
        reading = senders.readings.get(message.id)
        command = reading and senders.context.catalogue.commands.get(reading.command)
        key = senders.key_of(message)
        if command and command.continues is not Continues.NOTHING and key not in senders.twins:
            senders.twins[key] = _twins(senders.connection, senders.posts[key], key[1])


def _look_up_strangers(senders: Senders) -> None:
    """Look up the changes of number that phones outside of the roster were asked to agree to."""
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


def _twins(connection: Connection, posts: Sequence[Post], month: str) -> list[Post]:
    """Return the posts of the same people on other telephones: same name and role at a unit."""
    staff = roster.posts_at(connection, {post.unit_id for post in posts}, month)
    return [
        other
        for post in posts
        for other in staff.get(post.unit_id, ())
        if (other.name, other.role) == (post.name, post.role) and other.phone != post.phone
    ]
