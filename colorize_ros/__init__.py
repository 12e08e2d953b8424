"""Color and dense depth for robots that work in the dark."""

__version__ = '0.1.0'
