"""The HTTP client of sources, at a clock of its own."""

from bot.http_client import HttpClient, System

SYSTEM = System("Acme", "`acme: url:`", "ACME_TOKEN", "give the token the scope acme:read", "`acme: project:`")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000_000_000.0, list[float]()

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


def client(url: str, seconds: float = 5, time: Time | None = None) -> HttpClient:
    """A client whose clock stands still but for sleeping."""
    time = time or Time()
    return HttpClient(url, SYSTEM, seconds, headers={"Authorization": "Bearer acme_s3cret"}, clock=time, sleep=time.sleep, now=time)
