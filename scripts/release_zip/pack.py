"""The zip: the same bytes from the same files, wherever and whenever it is made."""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The oldest moment that a zip can tell.
MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644


def pack(folder: Path, names: Iterable[str], target: Path) -> None:
    """Write files of a folder to the top of a zip, where Home Assistant looks for them."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for name in sorted(names):
            info = ZipInfo(name, MOMENT)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = READABLE << 16
            zipped.writestr(info, (folder / name).read_bytes())
