"""Python files with layers, loaded as modules and loaded anew when they change.

A file in a package (a folder with ``__init__.py``) is imported under its package's name. The folder
of any other file acts as a package of its own, so that files with the same name in different folders
don't clash, and stands on ``sys.path`` as it would if the file were run: ``import neighbour`` and
``from .neighbour import name`` both work.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import re
import sys
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Callable, ClassVar, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import torch
from torch import nn

from engine.wire.problem import ProblemError
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.python_error import described_error, error_locations, short_traceback

Stamp = Tuple[int, int]


@dataclass(frozen=True)
class LayerDefinition:
    """A layer class, or a function that returns a layer, and the line its definition starts at."""

    name: str
    factory: Callable[..., Any]
    line: int


def load_layer_file(path: str, shown: str = "", where: str = "") -> ModuleType:
    """Return the file's module, loaded anew if it or a neighbour changed since the last time.

    ``shown`` is the path as the person wrote it, used in errors; ``where``, the place that names a
    missing file. Raises `ProblemError`; if the file is not Python or can't be imported, its
    ``where`` is ``file.py:line``.
    """
    shown = shown or path
    file = Path(path).absolute()
    if not file.is_file():
        what = f"{shown} is a folder." if file.is_dir() else f"There is no file {shown}."
        raise ProblemError(what, where or shown, "Correct the path, or put the file there.")
    file = file.resolve()
    folder = _Folder.of(file)
    if folder.has_changed():
        folder.forget()
    try:
        # What a file makes at import outlives this call: it must not land on a default device of ours.
        with folder.on_path(), torch.device("cpu"), preserved_torch_state():
            module = folder.load(file)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        folder.forget()
        raise _load_problem(error, file, shown) from error
    if Path(getattr(module, "__file__", None) or "").resolve() != file:
        name = module.__name__
        hint = f"Rename its folder: the name {name} is taken by {getattr(module, '__file__', 'Python')}."
        raise ProblemError(f"{shown} can't be imported as {name}.", shown, hint)
    return module


def layers_in(module: ModuleType) -> List[LayerDefinition]:
    """Return the layers that a file defines itself, in the order they stand there.

    These are its ``nn.Module`` subclasses that aren't abstract, and its functions that are annotated
    to return one (``-> nn.Module``). A function without that annotation isn't offered: to know what
    it returns it would have to be called. Names with a leading underscore are private, and left out.
    """
    found = [
        LayerDefinition(name, value, _line(value))
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
        and (is_layer_class(value) or _returns_layer(value))
    ]
    return sorted(found, key=lambda layer: layer.line)


def is_layer_class(value: Any) -> bool:
    """Whether ``value`` is a class of layers that can be built: derived from nn.Module, not abstract."""
    return isinstance(value, type) and issubclass(value, nn.Module) and not inspect.isabstract(value)


def require_layers(module: ModuleType, shown: str) -> List[LayerDefinition]:
    """Return the file's layers. Raises `ProblemError` if there is none."""
    layers = layers_in(module)
    if not layers:
        hint = "Define a class that derives from torch.nn.Module, or a function annotated '-> nn.Module'."
        raise ProblemError(f"{shown} defines no layer.", shown, hint)
    return layers


def _returns_layer(value: Any) -> bool:
    if not inspect.isfunction(value):
        return False
    annotation = value.__annotations__.get("return")
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, value.__globals__)
        except Exception:  # A name that only a type checker knows.
            return False
    return isinstance(annotation, type) and issubclass(annotation, nn.Module)


def _line(value: Any) -> int:
    if inspect.isfunction(value):
        return int(inspect.unwrap(value).__code__.co_firstlineno)
    try:
        return inspect.getsourcelines(value)[1]
    except (OSError, TypeError):  # Made by a call, such as type(...) or dataclass.
        return 1


class _Folder:
    """The folder that imports start from (a package's parent, or a plain folder), and what it loaded."""

    _known: ClassVar[Dict[str, _Folder]] = {}

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        # A plain folder is a package under a name that no other folder has.
        digest = hashlib.sha256(self.root.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        self.prefix = f"{_identifier(root.name)}_{digest}"
        self.modules: Dict[str, ModuleType] = {}
        self.stamps: Dict[str, Optional[Stamp]] = {}

    @classmethod
    def of(cls, file: Path) -> _Folder:
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

    def __init__(self, folder: _Folder) -> None:
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

    def __init__(self, name: str, path: str, folder: _Folder) -> None:
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

    def __init__(self, folder: _Folder) -> None:
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


def _load_problem(error: BaseException, file: Path, shown: str) -> ProblemError:
    if isinstance(error, SyntaxError) and error.filename:
        return _syntax_problem(error, file, shown)
    own = [(path, line) for path, line in error_locations(error) if file.parent in Path(path).parents]
    path, line = own[-1] if own else (str(file), 0)
    where = _shown_path(Path(path), file, shown) + (f":{line}" if line else "")
    if isinstance(error, ModuleNotFoundError):
        hint = "Install it into this interpreter, put its file beside this one, or correct the name."
        what = f"{shown} imports {error.name}, which isn't there."
        return ProblemError(what, where, hint, short_traceback(error))
    what = f"{shown} can't be imported: {described_error(error)}"
    return ProblemError(what, where, "Correct that line.", short_traceback(error))


def _syntax_problem(error: SyntaxError, file: Path, shown: str) -> ProblemError:
    name = _shown_path(Path(error.filename or str(file)), file, shown)
    text = (error.text or "").strip()
    quoted = f": {text!r}" if text else ""
    what = f"Line {error.lineno} of {name} isn't valid Python ({error.msg}){quoted}."
    return ProblemError(
        what, f"{name}:{error.lineno}", f"Correct line {error.lineno}.", short_traceback(error)
    )


def _shown_path(path: Path, file: Path, shown: str) -> str:
    """Return ``path`` in the manner in which the person wrote ``file``."""
    if path == file:
        return shown
    if file.parent in path.parents:
        return str(Path(shown).parent / path.relative_to(file.parent))
    return str(path)
