"""Files beside the repository's own data, written whole or not at all."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import ForgeError


def put(path: Path, data: bytes, *, new: bool = False) -> bool:
    """Write a file, and its folder where there is none; with `new`, False when the file is there already. Raises ForgeError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
            draft.write(data)
        try:
            if new:
                os.link(draft.name, path)
            else:
                Path(draft.name).replace(path)
        finally:
            Path(draft.name).unlink(missing_ok=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise ForgeError(f"writing {path}", error.strerror or type(error).__name__, "make the folder writable") from error
    return True


def unreadable(path: Path, error: Exception, what: str) -> ForgeError:
    """What to say of a file that the system does not let us read, and of one that was read and is not ours any more; `what` it was the record of."""
    if isinstance(error, OSError):
        return ForgeError(f"reading {path}", error.strerror or type(error).__name__, "let whoever runs this read it (`ls -l` says who may), and run it again")
    return ForgeError(f"reading {path}", "the file is not as the bot wrote it", f"mend it, or delete it: {what} is then forgotten")
