"""Read by gunicorn wherever it is started: at home by the Procfile, in the image by its command."""

import os
from pathlib import Path

bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
max_requests = 10_000
max_requests_jitter = 1_000
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190
control_socket_disable = True
if os.environ.get("LOG_FORMAT") == "json":
    logconfig_dict = {
        "formatters": {"generic": {"()": "diplomacy.lib.lines.Json", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": False}},
    }
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
