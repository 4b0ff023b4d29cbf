"""Starts MiniStack with the corrections of corrections.py. Ends when its standard input does: it never outlives the process that started it."""

import os
import signal
import sys
import threading
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader

from corrections import CORRECTIONS, INSTRUMENTS

CHANGED = sorted({*CORRECTIONS, *INSTRUMENTS})


class CorrectedSource(SourceFileLoader):
    """Loads a module from its source with the corrections made. A text that is not there exactly once stops the start: then the list is out of date."""

    def path_stats(self, path):
        raise OSError("compiled from source each time: what is cached on disk is not corrected")

    def source_to_code(self, data, path, **options):
        source = data.decode()
        for correction in [*CORRECTIONS.get(self.name, []), *INSTRUMENTS.get(self.name, [])]:
            found = source.count(correction["wrong"])
            if found != 1:
                raise SystemExit(f"{self.name}: expected once, found {found} times: {correction['wrong']}")
            source = source.replace(correction["wrong"], correction["right"])
        return super().source_to_code(source.encode(), path, **options)


class Corrector(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in CHANGED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        spec.loader = CorrectedSource(name, spec.origin)
        return spec


def end_with_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


sys.meta_path.insert(0, Corrector())
threading.Thread(target=end_with_parent, daemon=True).start()

from ministack.app import main  # noqa: E402  the corrections come first

# Loaded here, not at the first request: a correction that no longer fits is told at once.
for module in CHANGED:
    __import__(module)
sys.argv = ["ministack"]
main()
