"""Which attributes a link may feed, as its form shows them: pure functions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..account.data import AccountData
from ..api import AcquireItem, Attribute, Service, Template, ValueType
from ..changes.candidates import acquirable
from ..links.convert import Target, convertible


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """One attribute or template; `owner` is the service that would lose it."""

    key: str
    label: str
    group: str
    name: str
    template: str | None
    value_type: ValueType
    owned: bool
    owner: Service | None
    owner_visible: bool

    @property
    def takes_over(self) -> bool:
        """Whether acquiring takes it, or may take it, from another service."""
        return not self.owned and (self.owner is not None or not self.owner_visible)

    @property
    def item(self) -> AcquireItem:
        """Return what is asked of Exist."""
        if self.template is not None:
            return AcquireItem(template=self.template)
        return AcquireItem(name=self.name)

    @property
    def target(self) -> Target:
        """Return what values must be."""
        return Target(self.value_type, self.template)

    def text(self) -> str:
        """Return the line of the form: the label, its group, and the owner."""
        text = f"{self.label} · {self.group}" if self.group else self.label
        if self.owned:
            return f"{text} ✓"
        if not self.owner_visible:
            return f"{text} (?)"
        return f"{text} ({self.owner.label})" if self.owner else text


def link_targets(
    data: AccountData,
    templates: Mapping[str, Template],
    scopes: frozenset[str],
    kinds: Sequence[ValueType],
    unit: str | None,
    linked: Collection[str],
) -> list[LinkTarget]:
    """Return what fits, the best first: templates of the unit, then what is owned."""
    found = [_of_attribute(data.attributes[name], owned=True) for name in data.owned]
    for candidate in acquirable(data, templates, scopes):
        attribute = data.attributes.get(candidate.key.removeprefix("name:"))
        if candidate.key.startswith("name:") and attribute is not None:
            found.append(_of_attribute(attribute, owned=False))
            continue
        template = templates[candidate.item.template or ""]
        found.append(
            LinkTarget(
                candidate.key,
                template.label,
                candidate.group.label,
                template.name,
                template.name,
                template.value_type,
                owned=False,
                owner=None,
                owner_visible=candidate.owner_visible,
            )
        )
    fitting = [
        each for each in found if each.value_type in kinds and each.name not in linked
    ]
    return sorted(
        fitting,
        key=lambda each: (
            not convertible(unit, each.target),
            each.target.unit is None,
            each.template is None,
            not each.owned,
            kinds.index(each.value_type),
            each.label.casefold(),
        ),
    )


def _of_attribute(attribute: Attribute, *, owned: bool) -> LinkTarget:
    return LinkTarget(
        f"name:{attribute.name}",
        attribute.label,
        attribute.group.label,
        attribute.name,
        attribute.template,
        attribute.value_type,
        owned,
        None if owned else attribute.service,
        owner_visible=True,
    )
