"""A season's files are read once in a test process: each test opens a house of its own, nearly all of them on the same files.

Nothing else is shared: the same files, strictness and names give the same version, which is never changed (`engine.commands.versions.Loaded`),
and the same answer to whether they may be deployed. Diagrams are read, not run: nothing in them sees the instant at which that is.
"""

from functools import wraps

from app.wiring import House
from engine.commands.versions import SETTINGS, Versions, digest_of

MOST = 8  # seasons' files that are kept at a time
_read, _faults = Versions._read, House.faults
_versions, _clean = {}, {}


def _kept(shelf, key, make):
    if key not in shelf:
        while len(shelf) >= MOST:
            shelf.pop(next(iter(shelf)))
        shelf[key] = make()
    return shelf[key]


@wraps(_read)
def _read_once(self, files, *, now, profile, strictness=None):
    def read():
        return _read(self, files, now=now, profile=profile, strictness=strictness)

    return _kept(_versions, (digest_of(files), frozenset(self._functions), profile, strictness), read) if SETTINGS in files else read()


@wraps(_faults)
def _looked_through_once(self, files):
    if SETTINGS not in files:
        return _faults(self, files)
    return _kept(_clean, digest_of(files), lambda: _faults(self, files))


def forget():
    """From here on, files are read again: for whoever watches what is read."""
    _versions.clear()
    _clean.clear()


def read_once():
    """From here on, in this process."""
    Versions._read, House.faults = _read_once, _looked_through_once
