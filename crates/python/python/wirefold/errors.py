"""What can go wrong.

All exceptions of the package are a `WirefoldError`:

- `InputError`, also a `ValueError`: the data; `row` (from 0) and `column` say where, if known;
- `SettingError`, also a `ValueError`: a keyword; `name` says which;
- `StorageError`, also an `OSError`: a file or folder.
"""

from __future__ import annotations

__all__ = ["InputError", "SettingError", "StorageError", "WirefoldError"]


class WirefoldError(Exception):
    """What the package raises."""


class InputError(WirefoldError, ValueError):
    """The data cannot be used.

    >>> import wirefold
    >>> try:
    ...     wirefold.dedup([{"text": "The ferry waits."}, {"text": 7}])
    ... except wirefold.InputError as error:
    ...     print(error, error.row, error.column)
    row 1, column `text`: of type int, not strings 1 text
    """

    row: int | None
    column: str | None

    def __init__(self, message: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.column = column


class SettingError(WirefoldError, ValueError):
    """A keyword has a value that it cannot have.

    >>> import wirefold
    >>> try:
    ...     wirefold.dedup(["The ferry waits."], threshold=1.5)
    ... except wirefold.SettingError as error:
    ...     print(error)
    threshold is 1.5, but must be over 0 and up to 1
    """

    name: str | None

    def __init__(self, message: str, name: str | None = None) -> None:
        super().__init__(message)
        self.name = name


class StorageError(WirefoldError, OSError):
    """A file or folder cannot be read or written, or holds something else."""
