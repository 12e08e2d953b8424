"""Start the nodes of colorize_ros, and what helps to see them work.

ros2 launch colorize_ros night_vision.launch.py depth_topic:=/camera/depth/image_raw \
    camera_info_topic:=/camera/depth/camera_info rviz:=true
ros2 launch colorize_ros night_vision.launch.py bag:=recorded_night rviz:=true
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.substitutions import EnvironmentVariable, LaunchConfiguration
from launch_ros.actions import Node

SHARE = Path(get_package_share_directory('colorize_ros'))
CONFIG = SHARE / 'config'
SWITCH = ['true', 'false']

# Each node: its switch's default, and the launch argument that remaps each of its inputs.
NODES = {
    'depth_enhancer': ('true', {
        'depth/image_raw': 'depth_topic',
        'camera_info': 'camera_info_topic',
        'guide/image_raw': 'guide_topic',
    }),
    'nir_colorizer': ('true', {
        'nir/image_raw': 'nir_topic',
        'nir/camera_info': 'nir_camera_info_topic',
    }),
    'stereo_colorizer': ('true', {
        'mono/image_rect': 'mono_topic',
        'color/image_rect': 'stereo_color_topic',
        'mono/camera_info': 'mono_camera_info_topic',
        'color/camera_info': 'stereo_color_camera_info_topic',
    }),
    'depth_colorizer': ('true', {
        'depth/image_raw': 'depth_topic',
        'camera_info': 'camera_info_topic',
        'color/image_raw': 'color_topic',
    }),
    # It needs a detector, which colorize-ros get-detector gets.
    'consistency_monitor': ('false', {
        'reference/image_raw': 'reference_topic',
        'reference/camera_info': 'reference_camera_info_topic',
    }),
}
# What rviz shows; a namespace is put before these.
SHOWN = ['depth_enhancer/points', 'depth_enhancer/depth_picture', 'depth_enhancer/input_picture',
         'nir_colorizer/image_color', 'stereo_colorizer/image_color',
         'depth_colorizer/image_color', 'consistency_monitor/overlay']
# Fast DDS 3 and 2 (Humble) read the same profile under two names.
PROFILE_VARIABLES = ['FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE']


def arguments():
    """Declare the launch arguments."""
    declared = [
        DeclareLaunchArgument(name, default_value=default, choices=SWITCH,
                              description=f'Start the node {name}')
        for name, (default, _) in NODES.items()]
    takers = {}
    for name, (_, inputs) in NODES.items():
        for topic, argument in inputs.items():
            takers.setdefault((argument, topic), []).append(name)
    declared += [
        DeclareLaunchArgument(argument, default_value=topic, description=(
            f'Topic that {" and ".join(names)} take{"s" * (len(names) == 1)} as {topic}'))
        for (argument, topic), names in takers.items()]
    return declared + [
        DeclareLaunchArgument('namespace', default_value='',
                              description='Namespace of the nodes and of relative topics'),
        DeclareLaunchArgument('params_file', default_value=str(CONFIG / 'night_vision.yaml'),
                              description='YAML of parameters; the default holds all defaults'),
        DeclareLaunchArgument('use_sim_time', default_value='', choices=['', *SWITCH],
                              description='Take the time from /clock; empty: when playing a bag, '
                                          'else as params_file says'),
        DeclareLaunchArgument('autostart', default_value='', choices=['', *SWITCH],
                              description='Activate by itself; empty: as params_file says'),
        DeclareLaunchArgument('device', default_value='',
                              description='auto, cpu, cuda or cuda:N; empty: as params_file says'),
        DeclareLaunchArgument('log_level', default_value='info',
                              choices=['debug', 'info', 'warn', 'error', 'fatal'],
                              description='Log level of the nodes'),
        DeclareLaunchArgument('bag', default_value='',
                              description='Bag to play, with its clock; empty: none'),
        DeclareLaunchArgument('rviz', default_value='false', choices=SWITCH,
                              description='Show what comes in and out, and the cloud'),
        DeclareLaunchArgument('fixed_frame', default_value='camera_color_optical_frame',
                              description='Frame in which rviz shows the cloud'),
        DeclareLaunchArgument('fastdds_profile',
                              default_value=str(CONFIG / 'fastdds_large_images.xml'),
                              description='Fast DDS profile, unless the environment names one'),
    ]


def start(context):
    """Start what the arguments ask for."""
    def value(argument):
        return LaunchConfiguration(argument).perform(context)

    parameters = {}
    if value('use_sim_time') or value('bag'):
        parameters['use_sim_time'] = value('use_sim_time') != 'false'
    if value('autostart'):
        parameters['autostart'] = value('autostart') == 'true'
    if value('device'):
        parameters['device'] = value('device')
    started = [
        Node(package='colorize_ros', executable=name, name=name, namespace=value('namespace'),
             parameters=[value('params_file'), parameters], output='screen',
             remappings=[(topic, value(argument)) for topic, argument in inputs.items()],
             arguments=['--ros-args', '--log-level', value('log_level')])
        for name, (_, inputs) in NODES.items() if value(name) == 'true']
    if value('bag'):
        started.append(ExecuteProcess(
            cmd=['ros2', 'bag', 'play', value('bag'), '--clock'], output='screen'))
    if value('rviz') == 'true':
        namespace = value('namespace').strip('/')
        started.append(Node(
            package='rviz2', executable='rviz2', output='log',
            parameters=[{'use_sim_time': parameters.get('use_sim_time', False)}],
            remappings=[(f'/{topic}', f'/{namespace}/{topic}') for topic in SHOWN if namespace],
            arguments=['-d', str(CONFIG / 'night_vision.rviz'), '-f', value('fixed_frame')]))
    return started


def generate_launch_description():
    """Describe the launch."""
    profile = LaunchConfiguration('fastdds_profile')
    return LaunchDescription([
        *arguments(),
        *(SetEnvironmentVariable(name, EnvironmentVariable(name, default_value=profile))
          for name in PROFILE_VARIABLES),
        OpaqueFunction(function=start),
    ])
