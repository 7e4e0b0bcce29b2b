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
