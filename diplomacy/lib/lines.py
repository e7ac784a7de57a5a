"""Lines of the console for a program that collects them: one JSON object each."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

FIELDS = ("asctime", "levelname", "name", "message", "process", "thread", "exc_info")
NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "error"}


class Json(JsonFormatter):
    """These fields and no others: what a library hands along with a line, such as the whole request, stays out of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(" ".join(f"%({name})s" for name in FIELDS[:-1]), rename_fields=NAMES, **options)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        named = {name: record.__dict__.get(name) for name in FIELDS[:-1]}
        super().add_fields(log_data, logging.makeLogRecord(named), _only_ours(message_dict))


def _only_ours(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in FIELDS}
