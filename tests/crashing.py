"""Jobs that are killed: by SIGKILL when a write arrives at a server, or by the kernel in the middle of a file."""

import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable

from tests.fakes.loopback import Answer
from tests.worst_day import Job, Shape, is_write


def writes(job: Job) -> list[Shape]:
    """The calls that leave something behind."""
    return [one for one in job.calls if is_write(one)]


def killed(job: Job, which: Shape, *, after: bool) -> int:
    """From the start, killed when a call of that shape arrives; with `after` it has taken effect. The signal that ended it, 0 for none."""
    job.start.restore()
    running: list[int] = []
    job.servers[which.service].fail(job.is_(which, lambda: os.kill(running[0], signal.SIGKILL)), Answer(cut=True), times=20, after=after)
    return ended(lambda: job.run().code, running)


def cut_off(run: Callable[[], int], size: int) -> int:
    """Killed by the kernel when a file becomes larger than `size` bytes, which then holds so many. The signal that ended it, 0 for none."""

    def bounded() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        return run()

    return ended(bounded, [])


def ended(run: Callable[[], int], running: list[int]) -> int:
    """`run` in a process of its own, which is a copy of this one: the servers stay here. `running` learns its id, in both of them."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads: those of the servers wait for requests
        child = os.fork()
    if child == 0:
        code = 3
        try:
            quiet = os.open(os.devnull, os.O_RDWR)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            running.append(os.getpid())
            code = run()
        finally:
            os._exit(code)
    running.append(child)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
