"""The texts about a referral for each person whom it concerns. Pure.

There is no identity in any of it: a number, a site, an age in months, a sex, a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from gateway.context import Context
from gateway.model.referral import Referral, ReferralState, ReferralStep
from gateway.storage.roster import Unit
from menus.model.arguments import AGE, REASON, SEX, TREATMENTS, ReferredPatient
from menus.wording import replies

_NEWS: Final = {
    ReferralStep.ARRIVED: "ref_news_arrived",
    ReferralStep.HOSPITALISED: "ref_news_hospitalised",
    ReferralStep.TREATED: "ref_news_treated",
    ReferralStep.NOT_ARRIVED: "ref_news_not_arrived",
    ReferralStep.LEFT: "ref_news_left",
    ReferralStep.DECLINED: "ref_news_declined",
    ReferralStep.WITHDRAWN: "ref_news_withdrawn",
}


@dataclass(frozen=True, slots=True)
class Place:
    """The site of a referral, with the facility and the district above it, if there are any."""

    site: Unit
    facility: Unit | None = None
    district: Unit | None = None

    @property
    def above(self) -> Unit | None:
        """Return the unit that is told: the facility, else the district."""
        return self.facility or self.district


@dataclass(frozen=True, slots=True)
class Speaker:
    """The texts about referrals in one language, at one moment."""

    context: Context
    language: str
    now: datetime

    def say(self, key: str, **values: str | int) -> str:
        """Return a sentence of the catalogue."""
        return replies.say(self.context.catalogue, self.language, key, brief=False, **values)

    def registered(self, referral: Referral, place: Place, *, told: bool, again: bool) -> str:
        """Return the answer to REF."""
        key = "ref_again" if again else "ref_done"
        time = self.time(referral.made_at)
        number, told_words = referral.number, self.told(place, told=told)
        return self.say(key, number=number, time=time, told=told_words)

    def told(self, place: Place, *, told: bool) -> str:
        """Return the words that say whether the facility is told."""
        if not told:
            return self.say("ref_not_told")
        return self.say("ref_told", facility=self.facility(place))

    def unclear(self, referring: ReferredPatient) -> str:
        """Return the question for the parts of a REF that were not understood."""
        referrals = self.context.catalogue.referrals
        keys = {
            AGE: self.say("ref_part_age"),
            SEX: self.say("ref_part_sex"),
            REASON: self.say("ref_part_reason", codes=" ".join(referrals.reasons)),
            TREATMENTS: self.say("ref_part_treatments", codes=" ".join(referrals.treatments)),
        }
        parts = [keys[name] for name in referring.unclear]
        if referring.near:
            parts.append(self.say("ref_part_near", near=referring.near))
        return self.say("ref_unclear", parts=", ".join(parts))

    def alert(self, referral: Referral, place: Place) -> str:
        """Return what the facility is told of a new referral."""
        patient = ", ".join(self._patient(referral))
        return self._about("ref_alert", referral, place, patient=patient)

    def news(self, step: ReferralStep, referral: Referral, place: Place) -> str:
        """Return what the agent or the facility is told of a step."""
        day = self.day(referral.follow_up_on) if referral.follow_up_on else ""
        moment = referral.arrived_at or referral.changed_at
        return self._about(_NEWS[step], referral, place, day=day, time=self.time(moment))

    def ask_agent(self, referral: Referral) -> str:
        """Return the question to the agent whether the patient left."""
        return self.say("ref_chase_agent", number=referral.number)

    def ask_facility(self, referral: Referral, place: Place) -> str:
        """Return the question to the facility whether the patient arrived."""
        return self._about("ref_chase_centre", referral, place)

    def escalated(self, referral: Referral, place: Place) -> str:
        """Return what the district is told of a patient who has not arrived."""
        return self._about("ref_escalated", referral, place)

    def state(self, referral: Referral) -> str:
        """Return the state of a referral in a few words."""
        return self.context.catalogue.referrals.states[referral.state].shorts[self.language]

    def unchanged_for_agent(self, referral: Referral) -> str:
        """Return the state of a referral, except a death, which no SMS tells an agent."""
        if referral.state is ReferralState.DIED:
            return self.say("ref_call_centre", number=referral.number)
        return self.say("ref_same", number=referral.number, state=self.state(referral))

    def facility(self, place: Place) -> str:
        """Return the facility by name; `CSCom` stands before it, unless it is part of the name."""
        if place.above is None:
            return ""
        name = place.above.name
        if place.facility is None or name.upper().startswith("CS"):
            return name
        return self.say("ref_facility", name=name)

    def time(self, moment: datetime) -> str:
        """Return a moment as `10h42`; with its date when that is another day."""
        local, today = self.context.local(moment), self.context.today(self.now)
        clock = f"{local.hour}h{local.minute:02}"
        return clock if local.date() == today else f"{self.day(local.date())} {clock}"

    @staticmethod
    def day(day: date) -> str:
        """Return a day as `05/11`."""
        return f"{day:%d/%m}"

    def _about(self, key: str, referral: Referral, place: Place, **values: str | int) -> str:
        fills: dict[str, str | int] = {
            "number": referral.number,
            "site": place.site.name,
            "facility": self.facility(place),
            "reason": self._reason(referral),
            "time": self.time(referral.made_at),
            "state": self.state(referral),
        }
        return self.say(key, **{**fills, **values})

    def _reason(self, referral: Referral) -> str:
        reason = self.context.catalogue.referrals.reasons.get(referral.reason)
        # A reason may have been taken out of the catalogue since.
        return reason.shorts[self.language] if reason else referral.reason

    def _patient(self, referral: Referral) -> list[str]:
        """Return the parts `fille 14 mois`, `palu grave`, `artesunate donne`."""
        referrals = self.context.catalogue.referrals
        parts = []
        reason = referrals.reasons.get(referral.reason)
        if referral.age_months is not None and not (reason and reason.adult):
            key = "ref_girl" if referral.sex == "F" else "ref_boy"
            parts.append(self.say(key, age=referral.age_months))
        parts.append(self._reason(referral))
        given = [referrals.treatments[code] for code in referral.treatments]
        if given:
            names = " + ".join(treatment.shorts[self.language] for treatment in given)
            parts.append(self.say("ref_given", treatments=names))
        return parts
