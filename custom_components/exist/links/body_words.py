"""Words in an entity's names that tell what its numbers are: pure facts."""

import re
from typing import Final

# Rooms have temperature and pressure as well; these words tell whose it is.
BODY: Final = re.compile(r"\b(body|basal|blood|fever)\b|\b(körper|blut|fieber)")
BODY_WITHOUT_CLASS: Final = re.compile(
    r"\b(weight|bmi|(lean|muscle|bone|fat) mass|waist|systolic|diastolic)\b"
    r"|\b(heart|hrv|pulse|resting hr|spo2|vo2 ?max)|\b(sleep|asleep|slept|time in bed)\b"
    r"|\b(fat (ratio|rate|percent\w*)|visceral|oxygen saturation|respirat\w+ rate)\b"
    r"|\b(readiness|recovery score|(fitness|metabolic) age)\b"
    r"|\b(gewicht|herz|puls)|\bschlaf(?!zimmer)|\b(sommeil|sueño|sonno)\b"
)
# Who lives has some of each, so that 0 only says that nothing was measured.
NEVER_ZERO: Final = re.compile(
    r"\b(spo2|oxygen saturation|systolic|diastolic|blood pressure|hrv|vo2 ?max|bmi"
    r"|respirat\w+ rate|(sleep|readiness|recovery) score|(body )?fat (rate|percent\w*)"
    r"|body fat|body temperature(?! (dev|diff|change|trend|var)))\b|\bblutdruck"
)
# Of these there is no more than all, in percent.
AT_MOST_ALL: Final = re.compile(r"\b(spo2|oxygen saturation)\b")
# What grows over a day and begins anew, though its class doesn't say so.
OF_A_DAY: Final = re.compile(
    r"\b(steps?|floors|calories|k?cal|intake|eaten|drunk|drank|consumed|burne?[dt]"
    r"|schritte|stockwerke|kalorien|getrunken|completed|today|daily|heute|screen ?time)\b"
)
NOT_OF_A_DAY: Final = re.compile(
    r"\b(average|avg|mean|rate|prices?|goal|target)\b|[%/]"
)
