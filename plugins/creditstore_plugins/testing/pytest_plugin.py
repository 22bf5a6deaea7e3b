"""What pytest loads by itself when the plugin API is installed: assertions of the kit explain themselves."""

from __future__ import annotations

import pytest

# Before anything of it is imported: pytest rewrites assertions of test files only, unless it is told.
pytest.register_assert_rewrite("creditstore_plugins.testing")
