"""A client that asks one thing after the other while something happens to the server."""

import threading
from collections import Counter

import requests
from georeport_client import KEYS
from servers import PATIENCE


class SteadyClient:
    """Submits and lists requests of Gridtown during a block, before it, and after it."""

    def __init__(self, address: str) -> None:
        self._endpoint = f"{address}/open311/v2"
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask_until_the_end)
        self.statuses: Counter[int] = Counter()

    def __enter__(self) -> "SteadyClient":
        self._ask()
        self._thread.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self._end.set()
        self._thread.join()
        self._ask()

    def _ask_until_the_end(self) -> None:
        while not self._end.is_set():
            self._ask()

    def _ask(self) -> None:
        values = {
            "api_key": KEYS["gridtown.example"],
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "description": f"number {self.statuses.total()}",
        }
        posted = requests.post(f"{self._endpoint}/requests.json", values, timeout=PATIENCE)
        self.statuses[posted.status_code] += 1
        for path in ("requests.json", "requests.json?sort=changed", "services.json"):
            answer = requests.get(f"{self._endpoint}/{path}", timeout=PATIENCE)
            self.statuses[answer.status_code] += 1
