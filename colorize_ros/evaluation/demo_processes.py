"""Processes of the demo: started in one DDS graph, ended whatever happens."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import time
from types import TracebackType

from colorize_ros.errors import ConfigurationError, DataError

PROFILE = Path('config') / 'fastdds_large_images.xml'
# How long a process may take to end after each signal.
GRACE_S = 8.0
TAIL_LINES = 15


class Processes:
    """A group of processes with a log file each; a context manager that ends them all."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Prepare, start nothing.

        Args:
            folder: where `<name>.log` of each process is written.
            environment: of all of them.
        """
        self._folder = folder
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a process in a group of its own, so that Ctrl-C reaches us alone."""
        with (self._folder / f'{name}.log').open('wb') as log:
            self._running[name] = subprocess.Popen(
                list(command), env=self._environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

    def ended(self, name: str) -> bool:
        """Say whether a process has ended by itself."""
        return self._running[name].poll() is not None

    def log(self, name: str) -> str:
        """Return what a process has written so far."""
        return (self._folder / f'{name}.log').read_text(errors='replace')

    def tail(self, name: str) -> str:
        """Return the last lines of a process's log, indented, for an error message."""
        lines = self.log(name).strip().splitlines()[-TAIL_LINES:]
        return '\n'.join(f'    {line}' for line in lines or ['(nothing)'])

    def trouble(self, name: str) -> str:
        """Say in a line why a node does not do its work; nothing as long as it may.

        Args:
            name: of the process, which is the node's name too.
        """
        refused = re.search(rf'\[{name}\]: ((configure|activate) failed: .*)', self.log(name))
        if refused:
            return refused[1].strip()
        code = self._running[name].poll()
        if code is None:
            return ''
        last = self.log(name).strip().splitlines()[-1:]
        return ': '.join([f'it ended with exit code {code}', *last])

    def active(self, name: str) -> bool:
        """Say whether a node has come up."""
        return f'[{name}]: active' in self.log(name)

    def check(self, name: str) -> None:
        """Make sure that a process still runs, or ended well.

        Raises:
            DataError: it ended with an error; with the last lines that it wrote.
        """
        code = self._running[name].poll()
        if code:
            raise DataError(f'{name} ended with exit code {code}; expected it to run. It wrote:\n'
                            f'{self.tail(name)}')

    def stop(self, name: str) -> None:
        """End a process: SIGINT, and what is harder if it does not heed that."""
        process = self._running[name]
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if process.poll() is not None:
                return
            # The whole group, so that nothing it started outlives it.
            os.killpg(process.pid, number)
            deadline = time.monotonic() + GRACE_S
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)


@dataclass(frozen=True)
class Together:
    """How nodes that run at the same time share a machine.

    Attributes:
        nodes: their names.
        processors: of the machine.
        threads_each: of a node's computations on the processors.
    """

    nodes: tuple[str, ...]
    processors: int
    threads_each: int

    @classmethod
    def on_this_machine(cls, nodes: Sequence[str]) -> Together:
        """Share the processors out evenly: threads that outnumber them wait for each other."""
        processors = os.cpu_count() or 1
        return cls(tuple(nodes), processors, max(processors // len(nodes), 1))

    def environment(self) -> dict[str, str]:
        """Return what tells PyTorch so; nothing for a node that is alone."""
        return {'OMP_NUM_THREADS': str(self.threads_each)} if len(self.nodes) > 1 else {}


def graph_environment(domain_id: int) -> dict[str, str]:
    """Return the environment of a DDS graph of this machine alone, fit for large images.

    Args:
        domain_id: ROS_DOMAIN_ID, 0 to 101 so that its ports are not ones that Linux gives out.

    Raises:
        ConfigurationError: another domain id, or the Fast DDS profile is not found.
    """
    if not 0 <= domain_id <= 101:
        raise ConfigurationError(f'domain id {domain_id} is not one that Linux leaves free; '
                                 'expected 0 to 101. Choose another')
    package = Path(__file__).resolve().parents[1]
    path = os.pathsep.join(filter(None, [str(package.parent), os.environ.get('PYTHONPATH', '')]))
    profile = str(find_shared(PROFILE))
    return {
        **os.environ, 'PYTHONPATH': path, 'PYTHONUNBUFFERED': '1',
        'ROS_DOMAIN_ID': str(domain_id), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        # Humble's name and the later one.
        'FASTRTPS_DEFAULT_PROFILES_FILE': profile, 'FASTDDS_DEFAULT_PROFILES_FILE': profile,
        # As `Processes` reads it.
        'RCUTILS_COLORIZED_OUTPUT': '0',
        'RCUTILS_CONSOLE_OUTPUT_FORMAT': '[{severity}] [{name}]: {message}'}


def find_shared(path: Path) -> Path:
    """Find a file of the repository or of the package's share folder.

    Args:
        path: relative, such as config/fastdds_large_images.xml.

    Raises:
        ConfigurationError: it is in none of the places searched.
    """
    share = Path('share') / 'colorize_ros'
    prefixes = [prefix for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
                if prefix]
    places = [Path(__file__).resolve().parents[2], *(Path(prefix) / share for prefix in prefixes),
              Path(sys.prefix) / share]
    for place in places:
        if (place / path).is_file():
            return place / path
    raise ConfigurationError(f'{path} is in none of {", ".join(map(str, places))}; expected it '
                             'where the package was installed. Source the workspace, or install '
                             'the package again')
