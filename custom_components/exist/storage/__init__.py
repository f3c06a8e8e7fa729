"""What an account keeps on disk: read whatever its age or damage, written until it closes."""

from .account_files import (
    NEWER,
    VERSION,
    AccountFiles,
    FileKind,
    NewerVersionError,
    read_envelope,
)
from .record_file import RecordFile
from .records import NOT_KEPT, DamagedError, Lost, dump, load, row
from .synced_file import SyncedFile, async_write_now, enveloped

__all__ = [
    "NEWER",
    "NOT_KEPT",
    "VERSION",
    "AccountFiles",
    "DamagedError",
    "FileKind",
    "Lost",
    "NewerVersionError",
    "RecordFile",
    "SyncedFile",
    "async_write_now",
    "dump",
    "enveloped",
    "load",
    "read_envelope",
    "row",
]
