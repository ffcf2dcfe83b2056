"""USSD dialogues between two hops, in Redis: the last State of each, and what was typed since.

A dialogue is a list: a State, the text with which it was reached, and every longer text since.
The operator posts all that was typed so far, so a hop only adds its text and takes the whole
list, in one round trip; the present State is worked out from it. Nothing here is needed to find
what was confirmed, which stands in SQL.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger()

REST: Final = 5.0  # seconds for which a Redis that failed is not asked again

# Adds a text that goes on from the last one; the list as it is then, empty for a new dialogue.
_HOP: Final = """
local log = redis.call('LRANGE', KEYS[1], 0, -1)
if #log == 0 then return log end
local last = log[#log]
local text = ARGV[1]
if text ~= last and (last == '' or string.sub(text, 1, #last + 1) == last .. '*') then
  redis.call('RPUSH', KEYS[1], text)
  log[#log + 1] = text
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return log
"""
# Begins the list anew with this State, unless another hop has gone on meanwhile.
_KEEP: Final = """
local last = redis.call('LINDEX', KEYS[1], -1)
if (last or 'none') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
_NEW: Final = "none"  # what stands for the last text of a dialogue that is not there


class DialoguesAway(Exception):
    """Redis cannot be reached, or does not answer in time."""


@dataclass(frozen=True, slots=True)
class Log:
    """A dialogue as it was kept.

    `kept` is the State reached with the first of the texts, in JSON; the other texts came since.
    """

    kept: str
    texts: tuple[str, ...]


class Dialogues:
    """The dialogues that go on, each for `keep` seconds after its last hop. Thread-safe.

    Redis counts as down when connecting or an answer takes more than `timeout` seconds; it is
    then left alone for REST seconds, so that a Redis that hangs does not hold up every hop.
    Every method raises DialoguesAway then.
    """

    def __init__(
        self,
        redis_url: str,
        keep: int,
        timeout: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
            decode_responses=True,
        )
        self._hop = self._redis.register_script(_HOP)
        self._keep = self._redis.register_script(_KEEP)
        self._seconds = keep
        self._clock = clock
        self._rest_until: float | None = None

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def hop(self, dialogue: str, text: str) -> Log | None:
        """Add a text that goes on from the last one, and return the dialogue.

        None for a dialogue that is not there. When the last text is another one afterwards,
        this one neither repeats it nor goes on from it. One round trip.
        """
        found = self._ask(lambda: self._hop(keys=[_key(dialogue)], args=[text, self._seconds]))
        if len(found) < 2:
            return None
        return Log(found[0], tuple(found[1:]))

    def keep(self, dialogue: str, state: Mapping[str, Any], text: str, *, seen: str | None) -> bool:
        """Store the state of a dialogue after `text`; return whether it was stored.

        `seen` is the last text that was seen of it, None for a new dialogue: a hop that was
        slow does not undo what a later one has stored.
        """
        kept = json.dumps(state, separators=(",", ":"), ensure_ascii=False)
        last = _NEW if seen is None else seen
        arguments: list[str | int] = [last, kept, text, self._seconds]
        return bool(self._ask(lambda: self._keep(keys=[_key(dialogue)], args=arguments)))

    def forget(self, dialogue: str) -> None:
        """Delete a dialogue."""
        self._ask(lambda: self._redis.delete(_key(dialogue)))

    def _ask(self, act: Callable[[], Any]) -> Any:
        if self._rest_until is not None and self._clock() < self._rest_until:
            raise DialoguesAway
        try:
            answer = act()
        except RedisError as error:
            self._rest_until = self._clock() + REST
            # The type only: a message may hold the address, and with it the password.
            log.warning("dialogues_away", error=type(error).__name__)
            raise DialoguesAway from error
        self._rest_until = None
        return answer


def _key(dialogue: str) -> str:
    return f"kibaru:dialogue:{dialogue}"
