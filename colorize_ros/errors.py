"""The errors this package raises on bad input.

Every message says the value that was found, what is allowed, and the remedy. A node reports such
an error in its diagnostics and goes on with the next frame; a command prints it and exits with 2.
"""


class ColorizeError(Exception):
    """Whatever this package refuses, and why."""


class EncodingError(ColorizeError):
    """An image message's encoding, format or bytes cannot be decoded as what is wanted."""


class ShapeError(ColorizeError):
    """An array's shape, size or dtype is not what a function takes."""


class DepthError(ColorizeError):
    """Depth values that cannot be metres along the optical axis."""


class DeviceError(ColorizeError):
    """A compute device that was asked for and is not there."""


class ModelError(ColorizeError):
    """Weights or a model card that are missing, damaged or of another network."""


class MissingModelError(ModelError):
    """Weights that are not installed."""


class ConfigurationError(ColorizeError):
    """A parameter, option or configuration file outside what is allowed."""


class DataError(ColorizeError):
    """A data set, bag or file that is missing, unreadable or of another layout."""


class MissingExtraError(ColorizeError):
    """An optional dependency that a command needs and that is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f'{purpose} needs the optional dependencies {extra!r}, which are not installed; '
            f"install them with: pip install 'colorize_ros[{extra}]'")
        self._given = extra, purpose

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Pickle what it was made of, so that it comes through from other processes."""
        return type(self), self._given
