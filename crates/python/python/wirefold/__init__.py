"""wirefold finds every story of a news feed that copies another, says how and where, and keeps what is not told twice.

>>> import wirefold
>>> feed = [
...     {"id": "agency", "text": "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday."},
...     {"id": "outlet", "text": "THE FERRY to Orlemond will not sail before noon, the port\\nof Kelm said on Friday."},
...     {"id": "other", "text": "The orchards of Pellworth lost a third of their blossom to frost on Sunday night."},
... ]
>>> [story["id"] for story in wirefold.dedup(feed)]
['agency', 'other']

Data are lists of strings or of dicts, tables and columns of pyarrow, Polars, pandas, DuckDB or Hugging Face datasets,
or whatever else gives Arrow data by the PyCapsule interface; results come back as the kind that was given. Names and
defaults are those of the command line.
"""

from ._functions import Deduped, compare, dedup, normalize, quotations, relate, signature
from ._index import Index
from ._wirefold import Signature, Table, __version__
from .errors import InputError, SettingError, StorageError, WirefoldError

__all__ = [
    "Deduped",
    "Index",
    "InputError",
    "SettingError",
    "Signature",
    "StorageError",
    "Table",
    "WirefoldError",
    "__version__",
    "compare",
    "dedup",
    "normalize",
    "quotations",
    "relate",
    "signature",
]
