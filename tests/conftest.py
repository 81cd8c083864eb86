"""Fixtures and options for every test. Free of Qt: machines without it run tests/gpu.

Qt fixtures stand in tests/gui/conftest.py.
"""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

# Windows of tests open nowhere, unless somebody wants to watch them.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shared machine may take any time for an example; pytest-timeout watches whole tests.
with suppress(ImportError):
    from hypothesis import settings

    settings.register_profile("layerscope", deadline=None)
    settings.load_profile("layerscope")

# The test helpers that a bare machine may lack, with the option and the marker each brings.
_OPTIONAL = {"timeout": ("timeout", "timeout(seconds): accepted, not enforced, without pytest-timeout")}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the ini options of absent plugins known, so that pyproject.toml serves every machine."""
    for plugin, (option, _) in _OPTIONAL.items():
        if not pluginmanager.hasplugin(plugin):
            parser.addini(option, f"accepted, without effect, where pytest-{plugin} is not installed")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers of absent plugins known."""
    for plugin, (_, marker) in _OPTIONAL.items():
        if not config.pluginmanager.hasplugin(plugin):
            config.addinivalue_line("markers", marker)
