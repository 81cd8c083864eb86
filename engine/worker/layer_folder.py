"""Folders that layer files are imported from, and the import machinery that reads them anew."""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import ClassVar, Dict, Iterator, Optional, Sequence, Tuple, Union

Stamp = Tuple[int, int]


class LayerFolder:
    """The folder that imports start from (a package's parent, or a plain folder), and what it loaded."""

    _known: ClassVar[Dict[str, LayerFolder]] = {}

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        # A plain folder is a package under a name that no other folder has.
        digest = hashlib.sha256(self.root.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        self.prefix = f"{_identifier(root.name)}_{digest}"
        self.modules: Dict[str, ModuleType] = {}
        self.stamps: Dict[str, Optional[Stamp]] = {}

    @classmethod
    def of(cls, file: Path) -> LayerFolder:
        """Return the folder that ``file`` is imported from; the same one at every call."""
        root = file.parent
        while (root / "__init__.py").is_file() and root.parent != root:
            root = root.parent
        return cls._known.setdefault(str(root), cls(root))

    def load(self, file: Path) -> ModuleType:
        """Import ``file`` under its package's name, or under this folder's own."""
        parts = list(file.relative_to(self.root).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if len(parts) > 1 or file.name == "__init__.py":
            return importlib.import_module(".".join(parts))
        if "." in parts[0]:  # Read as a name, it would be a package.
            return self._load_by_path(file)
        return self.load_plain(parts[0])

    def load_plain(self, name: str) -> ModuleType:
        """Import a file that stands in this folder itself."""
        package = self.modules.get(self.prefix) or ModuleType(self.prefix)
        package.__path__ = [self.root]
        self.modules[self.prefix] = sys.modules[self.prefix] = package
        return importlib.import_module(f"{self.prefix}.{name}")

    def has_changed(self) -> bool:
        """Whether any file that was loaded from here is another one now, or gone."""
        return any(_stamp(path) != stamp for path, stamp in self.stamps.items())

    def forget(self) -> None:
        """Let the next import read everything from here anew."""
        for name, module in self.modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        self.modules.clear()
        self.stamps.clear()

    @contextmanager
    def on_path(self) -> Iterator[None]:
        """Import from here first, and without what other folders loaded under the same names."""
        others = {name for folder in self._known.values() if folder is not self for name in folder.modules}
        hidden = {name: sys.modules.pop(name) for name in others if name in sys.modules}
        sys.modules.update(self.modules)
        importlib.invalidate_caches()
        finder = _LayerFinder(self)
        sys.meta_path.insert(0, finder)
        sys.path.insert(0, self.root)
        try:
            yield
        finally:
            # The file may have changed either list itself.
            if self.root in sys.path:
                sys.path.remove(self.root)
            # Imports inside forward() come later: they still find their neighbours, after all else.
            if self.root not in sys.path:
                sys.path.append(self.root)
            if finder in sys.meta_path:
                sys.meta_path.remove(finder)
            for name, module in hidden.items():
                sys.modules.setdefault(name, module)

    def owns(self, origin: str) -> bool:
        """Whether a file is the person's own here: not an installed package, not Python's."""
        path = Path(origin)
        if Path(self.root) not in path.parents or {"site-packages", "dist-packages"} & set(path.parts):
            return False
        installed = {sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")}
        return not any(Path(folder) in path.parents for folder in installed if folder)

    def _load_by_path(self, file: Path) -> ModuleType:
        name = f"{self.prefix}_{_identifier(file.stem)}"
        if name not in self.modules:
            loader = _LayerLoader(name, str(file), self)
            spec = importlib.util.spec_from_file_location(name, file, loader=loader)
            assert spec is not None
            module = sys.modules[name] = importlib.util.module_from_spec(spec)
            loader.exec_module(module)
        return self.modules[name]


class _LayerFinder:
    """Finds what Python would find, and has the person's own files loaded by `_LayerLoader`."""

    def __init__(self, folder: LayerFolder) -> None:
        self._folder = folder

    def find_spec(
        self, name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None
        if spec.origin is None or not self._folder.owns(spec.origin):
            return None
        if path is None and Path(spec.origin).parent == Path(self._folder.root):
            spec.loader = _SameModule(self._folder)
        else:
            spec.loader = _LayerLoader(name, spec.origin, self._folder)
        return spec


class _LayerLoader(importlib.machinery.SourceFileLoader):
    """Compiles the source each time: cached bytecode is compared by whole seconds, edits are faster."""

    def __init__(self, name: str, path: str, folder: LayerFolder) -> None:
        super().__init__(name, path)
        self._folder = folder

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        self._folder.stamps[path] = _stamp(path)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: ModuleType) -> None:
        # Remembered before it runs: a module that fails half-way must be forgotten as well.
        self._folder.modules[module.__name__] = module
        super().exec_module(module)


class _SameModule(importlib.abc.Loader):
    """Makes ``import neighbour`` give the module that ``from . import neighbour`` gives, not a copy."""

    def __init__(self, folder: LayerFolder) -> None:
        self._folder = folder

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = self._folder.load_plain(spec.name)
        self._folder.modules[spec.name] = module
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # It ran under its own name; the import system has put the other name's spec on it.
        module.__spec__ = self._spec


def _stamp(path: Union[str, Path]) -> Optional[Stamp]:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text, flags=re.ASCII) or "layers"
