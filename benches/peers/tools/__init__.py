"""One adapter a tool. To add one, write `tools/NAME.py` with a class and name it here."""

from suite.tool import Tool
from tools.daft import Daft
from tools.datasketch import Datasketch
from tools.datatrove import Datatrove
from tools.gaoya import Gaoya
from tools.limits import Cat, Parse, WordCount, XxHash
from tools.rensa import Rensa
from tools.text_dedup import TextDedup
from tools.wirefold import Wirefold, WirefoldAtThreshold

TOOLS: tuple[Tool, ...] = (
    Wirefold(),
    WirefoldAtThreshold(),
    Daft(),
    Gaoya(),
    Rensa(),
    Datasketch(),
    TextDedup(),
    Datatrove(),
    Cat(),
    XxHash(),
    Parse(),
    WordCount(),
)


def tool_of(key: str) -> Tool:
    """The tool of that name; a KeyError if there is none."""
    return {tool.key: tool for tool in TOOLS}[key]
