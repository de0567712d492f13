#!/usr/bin/env python3
"""A collector for PerfWatch: how many files wait in a directory (a mail queue, a spool, an inbox), every second.

Usage: NATS_URL=nats://user:password@host:4222 directory-queue.py DIRECTORY [HOST]
"""
import json, os, re, shutil, socket, sys, time
from urllib.parse import unquote, urlsplit

if len(sys.argv) < 2 or "NATS_URL" not in os.environ:
    sys.exit(__doc__)
url, directory = urlsplit(os.environ["NATS_URL"]), sys.argv[1]
host = re.sub(r"[^A-Za-z0-9_-]", "_", sys.argv[2] if len(sys.argv) > 2 else socket.gethostname())[:63]
connection = socket.create_connection((url.hostname, url.port or 4222), timeout=10)
server = connection.makefile("rwb")


def send(text):
    """Sends one command of the NATS protocol and waits until the server has taken it."""
    server.write(text.encode() + b"\r\n")
    server.flush()
    while not (reply := server.readline()).startswith(b"+OK"):
        if reply.startswith(b"PING"):
            server.write(b"PONG\r\n")
            server.flush()
        elif reply == b"" or reply.startswith(b"-ERR"):
            sys.exit(f"{url.hostname} refused it: {reply.decode().strip() or 'connection closed'}. Check NATS_URL and HOST.")


send("CONNECT " + json.dumps({"verbose": True, "user": unquote(url.username or ""), "pass": unquote(url.password or "")}))
run, seq = f"{time.time_ns():x}", 0
while True:
    tick = round(time.time()) + 1  # the next whole second, even if the last sleep ended a moment early
    time.sleep(tick - time.time())
    ts = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(tick))
    sample = {"host": host, "collector": "queue", "ts": ts, "run": run, "seq": seq, "interval_ms": 1000}
    try:
        waiting = sum(entry.is_file() for entry in os.scandir(directory))
        sample |= {"status": "ok", "metrics": {"waiting_count": waiting, "free_bytes": shutil.disk_usage(directory).free}}
    except OSError as error:
        sample |= {"status": "error", "reason": str(error), "metrics": {}}
    payload = json.dumps(sample)
    send(f"PUB perfwatch.v1.metrics.{host}.queue {len(payload)}\r\n{payload}")
    seq += 1
