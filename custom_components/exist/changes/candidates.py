"""What can be acquired or released, as the options show it: pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..account.data import AccountData
from ..account.scopes import can_read, can_write
from ..api import AcquireItem, Attribute, Group, Service, Template, ValueType
from ..const import EXIST_SERVICE
from ..notices.plain_text import as_typed

OF_NAME: Final = "name:"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One attribute or template that Home Assistant owns or may acquire.

    `key` names it in a form; `owner` is the service that would lose it, and
    `owner_visible` is false where Exist does not let us see whether there is one.
    """

    key: str
    label: str
    group: Group
    name: str
    template: str | None
    value_type: ValueType
    owned: bool = False
    owner: Service | None = None
    owner_visible: bool = True
    exists: bool = True
    """Whether it is an attribute, as far as can be seen; if not, it is created for good."""
    gone: bool = False
    """Whether Exist keeps it, but shows it nowhere until a service acquires it."""
    returns: bool = False
    """Whether its owner would fill it again after a release."""
    manual: bool = False
    """Whether a person enters its values."""
    exist_label: str = ""
    """Exist's own label, where `label` may be a translated one."""

    @property
    def label_at_exist(self) -> str:
        """The label that Exist knows, whatever a page shows."""
        return self.exist_label or self.label

    @property
    def takes_over(self) -> bool:
        """Whether acquiring takes it, or may take it, from another service."""
        return not self.owned and (self.owner is not None or not self.owner_visible)

    @property
    def entered_at_exist(self) -> bool:
        """Whether a person enters it in Exist's own apps, as far as can be seen."""
        is_exists = self.owner is not None and self.owner.name == EXIST_SERVICE
        return is_exists and self.manual

    @property
    def filled_by_service(self) -> bool:
        """Whether no person, but another service wrote its values."""
        return (
            self.owner is not None
            and self.owner.name != EXIST_SERVICE
            and not self.manual
        )

    def item(self, manual: bool | None = None) -> AcquireItem:
        """Return what is asked of Exist, with the wish for entry by hand."""
        if self.template is not None:
            return AcquireItem(template=self.template, manual=manual)
        return AcquireItem(name=self.name, manual=manual)

    def text(self) -> str:
        """Return the line of a form: the label, the group, and who owns it."""
        text = f"{self.label} · {self.group.label}" if self.group.label else self.label
        if self.owned:
            return f"{text} ✓"
        if not self.owner_visible:
            return f"{text} (?)"
        return f"{text} ({self.owner.label})" if self.owner else text


def acquirable(
    data: AccountData,
    templates: Mapping[str, Template],
    scopes: frozenset[str],
    present: Iterable[Attribute] = (),
) -> tuple[Candidate, ...]:
    """Return what may be acquired, by label.

    `present` is what Exist lists just now, with what is gone and who could fill each.
    """
    known = dict(data.attributes) | {
        each.name: each for each in present if each.name not in data.owned
    }
    seen = {each.template for each in known.values()}
    candidates = [
        candidate_of(attribute)
        for attribute in known.values()
        if attribute.name not in data.owned
        and can_write(scopes, attribute.group.name, manual=attribute.manual)
    ]
    candidates.extend(
        Candidate(
            key=f"template:{template.name}",
            label=template.label,
            group=template.group,
            name=template.name,
            template=template.name,
            value_type=template.value_type,
            owner_visible=(visible := can_read(scopes, template.group.name)),
            exists=not visible,
        )
        for template in templates.values()
        if template.name not in seen
        and template.group is not None
        and can_write(scopes, template.group.name)
    )
    return tuple(sorted(candidates, key=lambda candidate: candidate.label.casefold()))


def candidate_of(attribute: Attribute, *, owned: bool = False) -> Candidate:
    """Return an attribute that exists."""
    return Candidate(
        key=f"{OF_NAME}{attribute.name}",
        label=attribute.label,
        group=attribute.group,
        name=attribute.name,
        template=attribute.template,
        value_type=attribute.value_type,
        owned=owned,
        owner=None if owned else attribute.service,
        gone=not attribute.active,
        returns=attribute.service in _others(attribute.available_services),
        manual=attribute.manual,
    )


def _others(services: Iterable[Service]) -> tuple[Service, ...]:
    """Return who fills attributes without a person: all but Exist itself."""
    return tuple(each for each in services if each.name != EXIST_SERVICE)


def losers(candidates: Iterable[Candidate]) -> str:
    """Return Markdown of a list: each service and what it would lose."""
    lost: dict[str, list[str]] = {}
    for candidate in candidates:
        if candidate.owner is not None:
            lost.setdefault(candidate.owner.label, []).append(candidate.label)
    return bullets(f"{owner} – {', '.join(labels)}" for owner, labels in lost.items())


def heir_of(attribute: Attribute, previous: Service | None) -> str | None:
    """Return who will probably own it next, or None where nobody is known."""
    own = attribute.service.name if attribute.service else None
    services = [
        service for service in attribute.available_services if service.name != own
    ]
    if previous is not None and previous in services:
        return previous.label
    return " / ".join(service.label for service in services) or None


def bullets(lines: Iterable[str]) -> str:
    """Return Markdown of a list; empty when there is nothing."""
    return "\n".join(f"- {as_typed(line)}" for line in lines)
