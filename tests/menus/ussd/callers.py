"""An agent and a supervisor who dial, as the tests of screens share them."""

from menus.loading.loader import load
from menus.ussd.state import Caller, CallerPlace

CATALOGUE = load()
KOLA = CallerPlace(7, "Kola", "asc")
AWA = Caller(
    language="fr",
    places=(KOLA,),
    months=("202610", "202609", "202608"),
    offered=("AIDE", "ETAT", "LANGUE", "REF", "RUPT"),
)
NANA = Caller(
    language="fr",
    places=(CallerPlace(0, "Kani", "dtc"),),
    months=("202610", "202609"),
    offered=("ETAT", "MANQ", "VAL"),
    sites=(("KOLA", "Kola"), ("TENE", "Tene")),
)
