"""What can be acquired or released, as the options show it: pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..account.data import AccountData
from ..account.scopes import can_read, can_write
from ..api import AcquireItem, Attribute, Group, Service, Template
from ..notices.plain_text import as_typed


@dataclass(frozen=True, slots=True)
class Candidate:
    """One attribute or template that Home Assistant does not own.

    `key` names it in a form; `owner` is the service that would lose it, and
    `owner_visible` is false where Exist does not let us see whether there is one.
    """

    key: str
    label: str
    group: Group
    item: AcquireItem
    owner: Service | None
    owner_visible: bool

    @property
    def takes_over(self) -> bool:
        """Whether acquiring takes it, or may take it, from another service."""
        return self.owner is not None or not self.owner_visible

    def item_with(self, manual: bool | None) -> AcquireItem:
        """Return what is asked of Exist, with the wish for entry by hand."""
        return replace(self.item, manual=manual)

    def text(self) -> str:
        """Return the line of the form: the label, and the owner if there is one."""
        if not self.owner_visible:
            return f"{self.label} (?)"
        return f"{self.label} ({self.owner.label})" if self.owner else self.label


def acquirable(
    data: AccountData, templates: Mapping[str, Template], scopes: frozenset[str]
) -> tuple[Candidate, ...]:
    """Return what may be acquired: templates first in mind, then custom attributes."""
    candidates: list[Candidate] = []
    seen: set[str] = set()
    for attribute in data.attributes.values():
        if attribute.template:
            seen.add(attribute.template)
        if attribute.name in data.owned:
            continue
        if can_write(scopes, attribute.group.name, manual=attribute.manual):
            candidates.append(_of_attribute(attribute))
    candidates.extend(
        Candidate(
            key=f"template:{template.name}",
            label=template.label,
            group=template.group,
            item=AcquireItem(template=template.name),
            owner=None,
            owner_visible=can_read(scopes, template.group.name),
        )
        for template in templates.values()
        if template.name not in seen
        and template.group is not None
        and can_write(scopes, template.group.name)
    )
    return tuple(sorted(candidates, key=lambda candidate: candidate.label.casefold()))


def _of_attribute(attribute: Attribute) -> Candidate:
    item = (
        AcquireItem(template=attribute.template)
        if attribute.template
        else AcquireItem(name=attribute.name)
    )
    return Candidate(
        key=f"name:{attribute.name}",
        label=attribute.label,
        group=attribute.group,
        item=item,
        owner=attribute.service,
        owner_visible=True,
    )


def by_group(groups: Iterable[Group]) -> dict[str, tuple[str, int]]:
    """Return label and number by group name, in Exist's order."""
    groups = list(groups)
    ordered = sorted(groups, key=lambda group: (group.priority or 0, group.label))
    counts: dict[str, tuple[str, int]] = {}
    for group in ordered:
        counts[group.name] = (group.label, counts.get(group.name, ("", 0))[1] + 1)
    return counts


def losers(candidates: Iterable[Candidate]) -> str:
    """Return Markdown of a list: each service and what it would lose."""
    lost: dict[str, list[str]] = {}
    for candidate in candidates:
        if candidate.owner is not None:
            lost.setdefault(candidate.owner.label, []).append(candidate.label)
    return bullets(f"{owner}: {', '.join(labels)}" for owner, labels in lost.items())


def heirs(attributes: Iterable[Attribute], previous: Mapping[str, Service]) -> str:
    """Return Markdown of a list: each attribute and who will probably own it next."""
    return bullets(
        f"{attribute.label} → {_heirs_of(attribute, previous.get(attribute.name))}"
        for attribute in attributes
    )


def _heirs_of(attribute: Attribute, previous: Service | None) -> str:
    own = attribute.service.name if attribute.service else None
    services = [
        service for service in attribute.available_services if service.name != own
    ]
    if previous is not None and previous in services:
        return previous.label
    return " / ".join(service.label for service in services) or "?"


def bullets(lines: Iterable[str]) -> str:
    """Return Markdown of a list; a dash when there is nothing."""
    return "\n".join(f"- {as_typed(line)}" for line in lines) or "–"
