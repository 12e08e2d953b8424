"""Public data sets that may lie beside the repository, for the tests that can use them."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / 'shared'

requires_shared = pytest.mark.skipif(
    not (SHARED / 'data').is_dir(),
    reason='the data sets (shared/data beside the repository) are not here')
