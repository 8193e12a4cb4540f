"""Who meets which fate: every planted case gets an application, the rest go the ordinary way. Data only, drawn from the seed."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.simulate.cast import Enterprise

# In the order in which they are planted; small seasons get as many as fit.
SPECIAL = (
    "returned",
    "correction_granted",
    "withdrawn",
    "late",
    "ineligible",
    "correction_late",
    "correction_refused",
    "correction_joins",
    "direct_filing",
    "two_units_first",
    "two_units_second",
    "absent_new_date",
    "absent_for_good",
    "visit_untrue",
    "objection_upheld",
    "objection_dismissed",
    "objection_open",
    "video_missing",
    "revoked",
    "fault_found",
    "tie_first",
    "tie_second",
)
QUOTA = "quota"
CROWD = 6  # applications at the unit that tries to nominate more than it may
STRONG = frozenset(
    {
        "returned",
        "correction_joins",
        "absent_new_date",
        "absent_for_good",
        "visit_untrue",
        "objection_upheld",
        "objection_dismissed",
        "objection_open",
        "video_missing",
        "revoked",
        "fault_found",
        "tie_first",
        "tie_second",
    }
)


@dataclass
class Part:
    """One application's part in the play."""

    number: int
    fate: str
    enterprise: Enterprise
    unit: str
    quality: float
    application: str | None = None
    form: dict[str, Any] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def once(self, what: str) -> bool:
        """True the first time it is asked: for what a part does once."""
        first = what not in self.done
        self.done.add(what)
        return first


def parts(*, enterprises: list[Enterprise], units: list[str], applications: int, random: Random) -> list[Part]:
    """One part per application. The first unit gets the crowd, the others two or three each; ten hold the first planted cases."""
    crowd = CROWD if applications >= len(SPECIAL) + CROWD else 0
    found: list[Part] = []
    for number in range(1, applications + 1):
        enterprise = enterprises[number - 1]
        fate = SPECIAL[number - 1] if number <= len(SPECIAL) else QUOTA if number <= len(SPECIAL) + crowd else "plain"
        unit = units[0] if fate == QUOTA else units[1 + (number - 1) % (len(units) - 1)]
        quality = 97.5 - (number % 5) * 0.3 if fate in STRONG else random.uniform(66.0, 96.0)
        if fate == "two_units_second" and found:
            enterprise = found[-1].enterprise
        found.append(Part(number=number, fate=fate, enterprise=enterprise, unit=unit, quality=quality))
    return found
