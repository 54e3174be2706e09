"""What the system refuses, such as a write to a full disk, in words with what to do: no defect of ours."""

import errno

from linkage.errors import InputError, LinkageError, UsageError

AGAIN = "then run the same command again; nothing half-written was kept"
FULL = f"make room there, or name a folder on another disk, {AGAIN}"
GONE = "a file or folder was moved or deleted meanwhile, or a disk was unplugged: bring it back, " + AGAIN
DENIED = f"ask its owner for the right, or name a place of your own, {AGAIN}"

HINTS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: f"this place can only be read: name a folder on another disk, {AGAIN}",
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
    errno.ENOENT: GONE,
    errno.ESTALE: GONE,
    errno.ENOTCONN: GONE,
    errno.ENOTDIR: "a file stands where a folder is needed: name another place",
    errno.EISDIR: "a folder stands where a file is needed: name another place",
    errno.ENAMETOOLONG: "name a shorter path",
    errno.ELOOP: "links lead in a circle there: name the place itself",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n), " + AGAIN,
    errno.ENFILE: "too many files are open on this machine: " + AGAIN.removeprefix("then "),
    errno.EIO: "the disk may be failing: copy what is on it, and check it",
    errno.ETXTBSY: "another program uses this file: end that, " + AGAIN,
}
"""What to do, by what the system said."""

READING = {errno.EIO, errno.ESTALE, errno.ENOTCONN}
"""Where what was read is at fault, and not what was asked for."""


def in_words(error: OSError) -> LinkageError | None:
    """The system's refusal as an error with a hint; None for one that a defect of the program explains."""
    hint = HINTS.get(error.errno or 0)
    if hint is None:
        return None
    places = [str(each) for each in (error.filename, error.filename2) if each]
    where = " to ".join(places) or "a file of this command"
    kind = InputError if error.errno in READING else UsageError
    return kind(f"{where}: {error.strerror or error}", hint=hint)
