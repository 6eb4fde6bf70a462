"""What the machine can do with the same file when it does less: bounds, and a yardstick for other machines."""

from suite.tool import Job, Library, Limit


class Cat(Limit):
    key = "cat"
    title = "cat"
    settings = "`cat FEED > /dev/null`"
    program, where = "cat", "coreutils"

    def command(self, job: Job) -> list[str]:
        # What a run prints is kept in a file; here that would be a copy of the feed.
        return ["sh", "-c", 'exec cat "$1" > /dev/null', "sh", str(job.feed)]


class XxHash(Limit):
    key = "xxhsum"
    title = "xxhsum"
    settings = "`xxhsum -H2 FEED` (XXH3 of 128 bits)"
    program, where = "xxhsum", "Debian package xxhash"

    def command(self, job: Job) -> list[str]:
        return ["xxhsum", "-H2", str(job.feed)]


class WordCount(Limit):
    key = "wc"
    title = "wc -w"
    settings = "`LC_ALL=C.UTF-8 wc -w FEED`"
    program, where = "wc", "coreutils"

    def variables(self, job: Job) -> dict[str, str]:
        return {"LC_ALL": "C.UTF-8"}

    def command(self, job: Job) -> list[str]:
        return ["wc", "-w", str(job.feed)]


class Parse(Library):
    key = "orjson"
    title = "orjson"
    settings = "`orjson.loads` on each line, in Python, and nothing else"
    environment = "orjson"
    limit = True

    def find(self, job: Job) -> list[tuple[str, str]]:
        from orjson import loads

        with open(job.feed, "rb") as lines:
            for line in lines:
                loads(line)
        return []

    def answer(self, job: Job) -> None:
        return None
