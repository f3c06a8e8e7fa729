"""What happens when an hour's requests are used up."""

from .facts import Fact, Findings
from .person import Person, agrees
from .wire import Wire

OF_AN_HOUR = 300
MARGIN = 10


async def use_up(wire: Wire, findings: Findings, person: Person) -> None:
    """Ask, and send requests until Exist refuses one."""
    person.tell(
        "\nLast, the requests of this hour are used up, to see how Exist refuses one more. "
        "For an hour Exist then refuses this sign-in, and perhaps Home Assistant's own."
    )
    if not await agrees(person, "Use them up?"):
        return
    for _ in range(OF_AN_HOUR + MARGIN):
        answer = await wire.get("accounts/profile/")
        if answer.status == 401:
            return
        if answer.status == 429:
            findings.note(Fact.LIMIT, True)
            findings.note(Fact.NO_RETRY_AFTER, answer.retry_after is None)
            return
    findings.note(Fact.LIMIT, False)
