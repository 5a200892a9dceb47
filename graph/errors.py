"""The exception tree. A broken program or request raises; a broken row is data (`graph.records.RowIssue`).

    ZhulianError
    ├── UsageError            the request makes no sense (exit status 2)
    │   ├── UnknownTable          a table name that the schema does not have
    │   └── UnknownId             an id, or an end of one, that names nothing
    │       └── AmbiguousId       an end of an id that names several things
    └── WorkError             the work failed (exit status 1)
        ├── SourceError           a file or folder that cannot be read
        ├── ShrinkRefused         a table that shrank to under half
        ├── WorkspaceError        the workspace cannot be opened, or is not one
        │   └── WorkspaceBusy         another process has it open
        └── StoreError            the served graph cannot be used
            ├── StoreUnreachable      no server there
            ├── StoreDenied           wrong user or password
            └── StoreUnfinished       a publish died half-way, or is running
"""

from __future__ import annotations


class ZhulianError(Exception):
    """Any error of this program. `str()` is one line: what, where, and what to do."""

    exit_status = 1


class UsageError(ZhulianError):
    """The request makes no sense: an unknown name, a missing option, a value out of range."""

    exit_status = 2


class UnknownTable(UsageError):
    """A table name that the schema does not have."""


class UnknownId(UsageError):
    """An id, or an end of one, that names nothing."""


class AmbiguousId(UnknownId):
    """An end of an id that names several things."""


class WorkError(ZhulianError):
    """The request was understood and the work failed."""


class SourceError(WorkError):
    """A file or folder that cannot be read as a table."""


class ShrinkRefused(WorkError):
    """A table came with under half of the rows that it had."""


class WorkspaceError(WorkError):
    """The workspace file cannot be opened, or is not a workspace."""


class WorkspaceBusy(WorkspaceError):
    """Another process has the workspace open for writing."""


class StoreError(WorkError):
    """The served graph cannot be used."""


class StoreUnreachable(StoreError):
    """No server answers at the address."""


class StoreDenied(StoreError):
    """The server refused the user or the password."""


class StoreUnfinished(StoreError):
    """The served graph is half-published: a publish died or is running."""
