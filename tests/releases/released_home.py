"""The folders that released versions left, and the shape of what the present one writes."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
import json
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints

from custom_components.exist import const
from custom_components.exist.history.charts import statistic_id
from custom_components.exist.links import Aggregate, link
from custom_components.exist.links.window import PartKind
from custom_components.exist.storage import VERSION

from ..on_disk import KINDS

ROOT = Path(__file__).parent.parent.parent
RELEASED = Path(__file__).parent / "released"
MANIFEST: dict[str, Any] = json.loads(
    (ROOT / "custom_components" / "exist" / "manifest.json").read_text()
)
# Of before there were releases.
FIRST = Path(__file__).parent / "upgrade" / "aaf8521"

_MOMENTS = (datetime, date)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def released() -> list[Path]:
    """Return the folders of all versions that were kept."""
    found = [path for path in RELEASED.iterdir() if path.is_dir()]
    return sorted(found, key=lambda path: _numbers(path.name))


def newest_kept() -> Path:
    """Return the folder of the newest version before the present one."""
    now = _numbers(MANIFEST["version"])
    before = [path for path in released() if _numbers(path.name) < now]
    return before[-1] if before else FIRST


def shape_of(kind: Any, metadata: Any = None) -> Any:
    """Return what is written of a type, as JSON tells it: fields, types and members."""
    if isinstance(kind, TypeAliasType):
        return shape_of(kind.__value__, metadata)
    inner = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return {"any of": sorted((shape_of(each) for each in inner), key=repr)}
    if inner:
        by = {"row": dict(metadata)} if metadata else {}
        name = get_origin(kind).__name__
        return {name: [shape_of(each) for each in inner if each is not ...], **by}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {
            each.name: shape_of(hints[each.name], each.metadata)
            for each in fields(kind)
            if each.metadata.get("kept", True)
        }
    if issubclass(kind, tuple):
        return {"tuple": [shape_of(each) for each in get_type_hints(kind).values()]}
    if issubclass(kind, Enum):
        return {"one of": sorted(each.value for each in kind)}
    # A test that freezes time puts others in the place of days and moments.
    return next(
        (each.__name__ for each in _MOMENTS if issubclass(kind, each)), None
    ) or str(kind.__name__)


def _constants(module: ModuleType, prefix: str) -> dict[str, str]:
    found = vars(module).items()
    return {name: value for name, value in found if name.startswith(prefix)}


def shapes() -> dict[str, Any]:
    """Return the shape of all that the present version writes."""
    return {
        "version of files": VERSION,
        "version of accounts": [const.CONFIG_VERSION, const.CONFIG_MINOR_VERSION],
        "files": {name: shape_of(kind) for name, (kind, _) in KINDS.items()},
        "accounts": _constants(const, "CONF_"),
        "links": _constants(link, "CONF_"),
        "rules": sorted(Aggregate),
        "parts": sorted(PartKind),
        "statistics": [statistic_id("ada", "steps"), statistic_id("bo", "müde")],
    }
