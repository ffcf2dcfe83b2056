"""Arguments of keywords: the whole area, and products that were named."""

import pytest

from menus.model.arguments import Place, Products


@pytest.mark.parametrize(
    ("words", "everything"),
    [(("TOUT",), True), (("TOUT", "KOLA"), False), (("KOLA",), False), ((), False)],
)
def test_one_word_means_the_whole_area(words: tuple[str, ...], everything: bool) -> None:
    assert Place(words).is_everything is everything


@pytest.mark.parametrize(
    ("products", "names"),
    [
        (Products(days={"CAP": None}), True),
        (Products(near={"CAPP": "CAP"}), True),
        (Products(numbers=("",)), True),
        (Products(place=Place(("KOLA",))), False),
        (Products(), False),
    ],
)
def test_a_product_may_be_named_or_nearly_named(products: Products, names: bool) -> None:
    assert products.names_product is names
