"""Imports the agent from one compressed part of its archive: all files as one are a third smaller than each by itself.

Only an agent that is not installed is read this way; `install` lays bytecode beside the archive."""

import importlib.abc
import importlib.util
import io
import zipfile

PART = "modules.zip"


class Modules(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """The finder and loader that importlib asks (https://docs.python.org/3/library/importlib.html)."""

    def __init__(self, archive):
        self.archive = archive
        with zipfile.ZipFile(archive) as whole:
            self.files = zipfile.ZipFile(io.BytesIO(whole.read(PART)))
        self.names = set(self.files.namelist())

    def find_spec(self, fullname, _path=None, _target=None):
        return importlib.util.spec_from_loader(fullname, self) if self._name(fullname) else None

    def is_package(self, fullname):
        return self._name(fullname).endswith("/__init__.py")

    def get_filename(self, fullname):
        return f"{self.archive}/{self._name(fullname)}"

    def get_source(self, fullname):
        return self.files.read(self._name(fullname)).decode()

    def get_data(self, path):
        return self.files.read(path[len(f"{self.archive}/") :])

    def _name(self, fullname):
        place = fullname.replace(".", "/")
        return next((name for name in (f"{place}/__init__.py", f"{place}.py") if name in self.names), None)
