"""What an account keeps on disk: read whatever its age or damage, written until it closes."""

from .account_files import (
    NEWER,
    VERSION,
    AccountFiles,
    FileKind,
    NewerVersionError,
    read_envelope,
)
from .record_file import Loaded, RecordFile
from .records import NOT_KEPT, DamagedError, Lost, dump, load, row
from .synced_file import SyncedFile, write_now

__all__ = [
    "NEWER",
    "NOT_KEPT",
    "VERSION",
    "AccountFiles",
    "DamagedError",
    "FileKind",
    "Loaded",
    "Lost",
    "NewerVersionError",
    "RecordFile",
    "SyncedFile",
    "dump",
    "load",
    "read_envelope",
    "row",
    "write_now",
]
