"""Write what is generated from the parameters' dataclasses: tables in README.md, the YAML.

make tables runs it; test/test_docs.py holds the files to it.
"""

from collections.abc import Mapping
from pathlib import Path

from colorize_ros.nodes.depth_enhancer import DepthEnhancerParameters
from colorize_ros.nodes.parameters import NodeParameters, render_table, render_yaml

NODES: Mapping[str, type[NodeParameters]] = {
    'depth_enhancer': DepthEnhancerParameters,
}
REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / 'README.md'
YAML = REPOSITORY / 'config' / 'night_vision.yaml'


def with_tables(readme: str) -> str:
    """Return the README's text with each node's table between its markers."""
    for name, parameters in NODES.items():
        before, begin, rest = readme.partition(f'<!-- parameters:{name} -->\n')
        _, end, after = rest.partition(f'<!-- /parameters:{name} -->')
        if not end:
            raise SystemExit(f'README.md lacks the markers parameters:{name}; give it a section')
        readme = before + begin + render_table(parameters) + end + after
    return readme


if __name__ == '__main__':
    README.write_text(with_tables(README.read_text(encoding='utf-8')), encoding='utf-8')
    YAML.write_text(render_yaml(NODES), encoding='utf-8')
