from pathlib import Path
import re

from setuptools import find_packages, setup

NAME = 'colorize_ros'
SHARE = f'share/{NAME}'
VERSION = re.search(
    r"^__version__ = '(.+)'$", Path(NAME, '__init__.py').read_text(encoding='utf-8'),
    re.MULTILINE).group(1)

def files(*patterns: str) -> list[str]:
    """List files relative to this folder, as data_files wants them."""
    return [str(path) for pattern in patterns for path in sorted(Path().glob(pattern))]


# What a robot does not need. colorize_ros/info.py names the same extras.
EXTRAS = {
    'bags': ['rosbags>=0.10'],
    'datasets': ['h5py', 'scipy'],
    'detect': ['onnxruntime'],
    'report': ['jinja2', 'markupsafe', 'scipy'],
    'sim': ['drjit', 'mitsuba>=3.5'],
    'train': ['lightning-fabric>=2.4'],
    'test': ['faster-coco-eval', 'hypothesis', 'pytest', 'torchmetrics'],
}
EXTRAS['dev'] = [
    *EXTRAS['test'], 'colcon-core', 'colcon-common-extensions', 'colcon-ros', 'import-linter',
    'matplotlib', 'mypy', 'ruff', 'types-PyYAML']

setup(
    name=NAME,
    version=VERSION,
    description='Color and dense depth for robots that work in the dark, as ROS 2 nodes',
    maintainer='colorize_ros maintainers',
    maintainer_email='maintainers@colorize-ros.example',
    license='Apache-2.0',
    packages=find_packages(include=[NAME, f'{NAME}.*']),
    package_data={
        NAME: ['py.typed'],
        f'{NAME}.evaluation': ['templates/*', 'demo_night/*', 'demo_night/ground_truth/*',
                               'demo_night/ground_truth/*/*'],
    },
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (SHARE, ['package.xml']),
        (f'{SHARE}/launch', files('launch/*.launch.py')),
        (f'{SHARE}/config', files('config/*.*')),
        (f'{SHARE}/models', files('models/*.safetensors', 'models/*.yaml')),
        (f'{SHARE}/models/baselines',
         files('models/baselines/*.safetensors', 'models/baselines/*.yaml')),
    ],
    python_requires='>=3.10',
    install_requires=[
        'numpy>=1.21',
        'opencv-python-headless>=4.5',
        'pyyaml',
        'rich>=11',
        'safetensors>=0.3',
        'setuptools',
        'torch>=2.0',
        'typer>=0.4',
    ],
    extras_require=EXTRAS,
    entry_points={
        'console_scripts': [
            'colorize-ros = colorize_ros.cli:main',
            'consistency_monitor = colorize_ros.nodes.consistency_monitor:main',
            'depth_colorizer = colorize_ros.nodes.depth_colorizer:main',
            'depth_enhancer = colorize_ros.nodes.depth_enhancer:main',
            'nir_colorizer = colorize_ros.nodes.nir_colorizer:main',
            'stereo_colorizer = colorize_ros.nodes.stereo_colorizer:main',
        ],
    },
    zip_safe=False,
)
