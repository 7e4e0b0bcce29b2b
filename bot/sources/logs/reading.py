"""One pass through log files, one after the other, until a deadline."""

from collections.abc import Callable

from bot.config import Fields
from bot.sources.logs.folder import older
from bot.sources.logs.opening import LogStream, Unreadable
from bot.sources.logs.scan import FileScan, LogFile, OutOfOrderError
from bot.sources.logs.sought import Sought
from bot.sources.logs.tally import Kept, Tally


class LogReading:
    """One pass. What it keeps is in `errors` and `traced`, what it counted in `tally`."""

    def __init__(self, sought: Sought, errors: Kept, traced: Kept, fields: Fields) -> None:
        self.errors, self.traced = errors, traced
        self.tally = Tally()
        self._sought, self._fields = sought, fields

    def read(self, files: tuple[LogFile, ...], goes_on: Callable[[], bool]) -> None:
        """Read file after file, as long as `goes_on` lets."""
        named = {str(file.path) for file in files}
        for file in files:
            if self.tally.stopped_at:
                return
            try:
                with LogStream(file.path) as stream:
                    self._scan(file, stream, goes_on, named)
            except Unreadable as error:
                self.tally.refuse(file.shown, error.cause)
            except OSError as error:
                self.tally.refuse(file.shown, error.strerror or type(error).__name__)

    def _scan(self, file: LogFile, stream: LogStream, goes_on: Callable[[], bool], named: set[str]) -> None:
        scan = FileScan(file, stream, self._sought, self._fields, goes_on)
        if scan.begins_late() and (left_out := [path for path in older(file.path) if str(path) not in named]):
            cause = f"it begins after the window does, and {left_out[0].name}, which rotation left beside it, is not named"
            self.tally.refuse(file.shown, cause, f"name `{file.shown}*` in `files:`")
        if scan.of_another_time():
            self.tally.files_passed_over += 1
            return
        try:
            place = scan.run(self.errors.alike(), self.traced.alike())
        except OutOfOrderError:
            place = scan.run(self.errors.alike(), self.traced.alike(), through=True)
        self.tally.add(scan.tally)
        self.errors.take(scan.errors, place)
        self.traced.take(scan.traced, place)
