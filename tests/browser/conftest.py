"""The same house as the tests of the pages."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location("web_conftest", Path(__file__).parents[1] / "web" / "conftest.py")
_pages = module_from_spec(_spec)
_spec.loader.exec_module(_pages)

house, person, season = _pages.house, _pages.person, _pages.season
