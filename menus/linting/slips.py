"""Find the words of the language that may be mistyped for one another, unless accepted.

Two similar words that are both valid are the worst case: nothing is unknown, so nothing is
asked, and a number is stored under the wrong code. Source: the programme's language rule that
"one slip away" is judged against every code, alias and keyword, including those without a
function yet; the keys are those of ITU-T E.161.
"""

from collections.abc import Iterator
from itertools import combinations

from menus.model.catalogue import Catalogue
from menus.model.programme import NearWords
from menus.reading.spelling import one_slip, same_keys

PLACE = "programme.toml: near"


def slip_faults(catalogue: Catalogue) -> list[str]:
    """Return a sentence for each pair of near words that the programme does not accept.

    Accepted pairs that name an unknown word, or words that are not near, are faults as well: an
    exception must be removed with the code that it was made for.
    """
    return [*_unaccepted(catalogue), *_stale(catalogue)]


def nearness(word: str, other: str) -> str:
    """Return how near two words are, in words; empty when no single slip joins them."""
    if same_keys(word, other):
        return "are typed with the same telephone keys"
    return "are one slip apart" if one_slip(word, other) else ""


def _meanings(catalogue: Catalogue) -> dict[str, str]:
    """Return the code or keyword that each word of the language stands for."""
    return {**catalogue.keyword_of, **catalogue.code_of}


def _unaccepted(catalogue: Catalogue) -> Iterator[str]:
    meanings = _meanings(catalogue)
    for word, other in combinations(meanings, 2):
        # An alias and its own code mean the same.
        how = nearness(word, other) if meanings[word] != meanings[other] else ""
        if how and not _is_accepted(catalogue, word, other):
            yield (
                f"{_owner(catalogue, word)} and {_owner(catalogue, other)} {how}: rename one, or "
                f"accept the pair under [[near]] in programme.toml and say why"
            )


def _is_accepted(catalogue: Catalogue, word: str, other: str) -> bool:
    return any({word, other} <= {*near.words} for near in catalogue.programme.near)


def _owner(catalogue: Catalogue, word: str) -> str:
    """Return a word with its place in the catalogue: `TDP (PEC POS)`, `VAL (command)`."""
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
