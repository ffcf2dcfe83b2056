"""Which words of the language a thumb may mistake for one another, and whether that is accepted.

Two neighbours that are both valid are the worst slip there is: nothing is unknown, so nothing
is asked, and a number lands in the wrong place. Source: the programme's language rule that
"one slip away" is judged against every code, alias and keyword, those without work yet
included; the keys are those of ITU-T E.161.
"""

from collections.abc import Iterator
from itertools import combinations

from menus.model.catalogue import Catalogue
from menus.model.programme import NearWords
from menus.reading.spelling import one_slip, same_keys

PLACE = "programme.toml: near"


def slip_faults(catalogue: Catalogue) -> list[str]:
    """Every pair of near words that the programme does not accept, one sentence each.

    Accepted pairs that name an unknown word, or words that are not near at all, are faults as
    well: whoever renames a code should not leave its excuse behind.
    """
    return [*_unaccepted(catalogue), *_stale(catalogue)]


def nearness(one: str, other: str) -> str:
    """How near two words are, in words; empty when no single slip makes one the other."""
    if same_keys(one, other):
        return "are typed with the same telephone keys"
    return "are one slip apart" if one_slip(one, other) else ""


def _meanings(catalogue: Catalogue) -> dict[str, str]:
    """Every word of the language -> the code or keyword that it stands for."""
    return {**catalogue.keyword_of, **catalogue.code_of}


def _unaccepted(catalogue: Catalogue) -> Iterator[str]:
    meanings = _meanings(catalogue)
    for one, other in combinations(meanings, 2):
        # An alias beside its own code is no slip: both mean the same.
        how = nearness(one, other) if meanings[one] != meanings[other] else ""
        if how and not _is_accepted(catalogue, one, other):
            yield (
                f"{_owner(catalogue, one)} and {_owner(catalogue, other)} {how}: rename one, or "
                f"accept the pair under [[near]] in programme.toml and say why"
            )


def _is_accepted(catalogue: Catalogue, one: str, other: str) -> bool:
    return any({one, other} <= {*near.words} for near in catalogue.programme.near)


def _owner(catalogue: Catalogue, word: str) -> str:
    """`TDP (PEC POS)`, `VAL (command)`: the word, and where to look for it."""
    if word in catalogue.code_of:
        code = catalogue.code_of[word]
        owner = " ".join((catalogue.form_of[code], *([] if code == word else [code])))
    else:
        keyword = catalogue.keyword_of[word]
        kind = "form" if keyword in catalogue.forms else "command"
        owner = kind if keyword == word else f"{kind} {keyword}"
    return f"{word} ({owner})"


def _stale(catalogue: Catalogue) -> Iterator[str]:
    meanings = _meanings(catalogue)
    for near in catalogue.programme.near:
        for word in near.words:
            if word not in meanings:
                yield f"{PLACE}: {word} is no word of the language"
            elif not _has_neighbour(word, near):
                yield f"{PLACE}: {word} is near none of the others in {' '.join(near.words)}"


def _has_neighbour(word: str, near: NearWords) -> bool:
    return any(nearness(word, other) for other in near.words if other != word)
