"""The small programme with a district above and a facility beside, for tests of referrals."""

from sqlalchemy import Engine, select

from gateway.model.referral import Referral
from gateway.model.roster import PersonRow
from gateway.storage import referrals
from gateway.storage.engine import reading
from gateway.storage.tables import inbox
from gateway.storage.tables import referrals as table
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OUMAR, SIRA, UNITS, Harness, person, unit

DISTRICT = "+22370000201"
OTHER_DTC = "+22370000102"
PEOPLE: tuple[PersonRow, ...] = (
    person(AWA, "asc", "KOLA"),
    person(FANTA, "asc", "TENE"),
    person(ISSA, "asc", "SIRAKORO"),
    person(SIRA, "asc", "LONE"),
    person(OUMAR, "asc", "KOLA"),
    person(OUMAR, "asc", "TENE"),
    person(NANA, "dtc", "KANI"),
    person(OTHER_DTC, "dtc", "BLA"),
    person(DISTRICT, "district", "DUGU"),
)
GIRL = "REF 14 F PG ART"


class ReferralHarness(Harness):
    """The harness with a district above and a facility beside."""

    def referrals(self) -> list[Referral]:
        with reading(self.engine) as connection:
            ids = list(connection.scalars(select(table.c.id).order_by(table.c.id)))
            found = referrals.by_ids(connection, ids)
        return [found[one] for one in ids]

    def only_referral(self) -> Referral:
        (referral,) = self.referrals()
        return referral

    def refer(self, text: str = GIRL, phone: str = AWA) -> str:
        """Refer a patient; return the number."""
        before = {one.id for one in self.referrals()}
        self.told(text, phone)
        (fresh,) = [one for one in self.referrals() if one.id not in before]
        return fresh.number

    def notices(self, phone: str) -> list[str]:
        """What this person is told unasked, in order, less what was overtaken."""
        return [
            row.text
            for row in self.rows("notice")
            if row.phone == phone and row.expires_at > self.clock.now
        ]

    def kept_texts(self) -> list[str | None]:
        with reading(self.engine) as connection:
            return list(connection.scalars(select(inbox.c.text).order_by(inbox.c.id)))


def furnished(engine: Engine, catalogue: Catalogue) -> ReferralHarness:
    """Return the harness with its roster, at 10:42."""
    made = ReferralHarness(engine, catalogue)
    units = (*UNITS, unit("BLA", "facility", "DUGU"), unit("BLASITE", "site", "BLA"))
    made.enrol(units, PEOPLE)
    made.clock.advance(minutes=-78)
    return made
