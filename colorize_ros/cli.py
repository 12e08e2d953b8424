"""The command `colorize-ros`. Each body imports its room only when it is called.

Annotations are evaluated and optional values spelled `Optional`, as older Typers need it.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
import signal
import sys
from typing import Annotated, Any, Optional

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn
import typer

from colorize_ros import info as installation
from colorize_ros.cli_options import (
    Device,
    files_by_name,
    Intrinsic,
    Light,
    need_network,
    Preset,
    RateHz,
    Seed,
    Side,
    Task,
    Transport,
)
from colorize_ros.errors import ColorizeError, ConfigurationError

HOLDING_OUT = (Task.NIR, Task.STEREO)

app = typer.Typer(
    help='Color and dense depth for robots that work in the dark.', no_args_is_help=True,
    add_completion=False)


@app.command()
def info() -> None:
    """Say what is installed here: models, devices, ROS, extras; and what to do about the rest."""
    installation.show(Console())


@app.command()
def demo(
    bag: Annotated[Optional[Path], typer.Option(help='A bag with depth or near infrared.')] = None,
    out: Annotated[Path, typer.Option(help='Folder for index.html and results.json.')] = Path(
        'out/demo'),
) -> None:
    """Play a bag through the nodes over DDS, and write a page of what came out."""
    page = import_module('colorize_ros.evaluation.demo').run_demo(bag, out)
    Console().print(f'Wrote {page}')


@app.command()
def simulate(
    out: Annotated[
        Optional[Path], typer.Option(help='Write a drive: the bag, with ground_truth in it.')
    ] = None,
    dataset: Annotated[
        Optional[Path], typer.Option(help='Write a data set instead; goes on where it was.')
    ] = None,
    scene_seed: Annotated[
        int, typer.Option(help='Of the rooms, the drive, the sensors; the first of a data set.')
    ] = 0,
    room: Annotated[
        Optional[list[str]], typer.Option(help='Kind of room; repeatable; drawn by default.')
    ] = None,
    seconds: Annotated[float, typer.Option(help='Length of the drive.')] = 10.0,
    back: Annotated[bool, typer.Option(
        help='After half of the drive, go the same way back in reverse gear.')] = False,
    light: Annotated[Light, typer.Option(help='When the robot drives.')] = Light.NIGHT,
    lights_out_s: Annotated[
        Optional[float], typer.Option(help='Be it day until then, and --light from then on.')
    ] = None,
    ill_lit: Annotated[
        bool, typer.Option(help='Darken by a gamma of 10 instead of a camera at its limits.')
    ] = False,
    rate_hz: RateHz = 10.0,
    width: Annotated[int, typer.Option(help='Of the images: 320, 640, ...')] = 640,
    transport: Annotated[Transport, typer.Option(help='Of the images.')] = Transport.COMPRESSED,
    truth_every: Annotated[
        int, typer.Option(help='Keep the truth of each so many-th frame.', min=1)] = 1,
    scenes: Annotated[int, typer.Option(help='Of a data set.', min=1)] = 20,
    views: Annotated[int, typer.Option(help='Of each scene of a data set.', min=1)] = 12,
    workers: Annotated[
        Optional[int], typer.Option(help='Processes; one a processor by default.', min=1)] = None,
) -> None:
    """Render procedural rooms as the robot's sensors see them: a drive's bag, or a data set."""
    if (out is None) == (dataset is None):
        raise ConfigurationError(f'--out is {out} and --dataset is {dataset}; expected one of '
                                 'them. Give --out for the bag of a drive, --dataset for images '
                                 'to train on')
    shared: dict[str, Any] = {'kinds': tuple(room) if room else None, 'width': width,
                              'workers': workers}
    if out is not None:
        import_module('colorize_ros.simulation.simulate').simulate(
            out, scene_seed=scene_seed, seconds=seconds, light=light.value, rate_hz=rate_hz,
            transport=transport.value, lights_out_s=lights_out_s, ill_lit=ill_lit,
            truth_every=truth_every, back=back, **shared)
    else:
        with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
            bar = progress.add_task('Rendering', total=scenes * views)
            import_module('colorize_ros.simulation.dataset').simulate_dataset(
                dataset, seeds=range(scene_seed, scene_seed + scenes), views=views,
                progress=lambda count: progress.update(bar, advance=count), **shared)
    Console().print(f'Wrote {out or dataset}')


@app.command()
def make_bag(
    folder: Annotated[Path, typer.Argument(
        help='Folder with <name>_depth.png and <name>_rgb.jpg, registered, or <name>_nir.jpg, or '
        'both; .png will do too. Or a data set of rectified stereo pairs.')],
    out: Annotated[Path, typer.Argument(help='The bag to write.')],
    rate_hz: RateHz = 10.0,
    repeat: Annotated[int, typer.Option(help='How often each image comes.', min=1)] = 1,
    fx: Intrinsic = None,
    fy: Intrinsic = None,
    cx: Intrinsic = None,
    cy: Intrinsic = None,
    baseline_m: Annotated[Optional[float], typer.Option(
        help='Of stereo pairs; with --fx, for their camera_infos.')] = None,
    split: Annotated[
        Optional[str], typer.Option(help='Of stereo pairs; all by default.')] = None,
    setup: Annotated[Optional[int], typer.Option(
        help='Noise added to stereo pairs, 1 or 2 of Table 2; none by default.', min=1, max=2)
    ] = None,
) -> None:
    """Turn a folder of images into a bag."""
    count = import_module('colorize_ros.simulation.make_bag').make_bag(
        folder, out, rate_hz=rate_hz, repeat=repeat, fx=fx, fy=fy, cx=cx, cy=cy,
        baseline_m=baseline_m, split=split, setup=setup)
    Console().print(f'Wrote {count} stamps to {out}')


@app.command()
def get_detector(
    file: Annotated[Optional[Path], typer.Option(
        help='Its yolox_nano.onnx, downloaded elsewhere.')] = None,
    out: Annotated[Optional[Path], typer.Option(
        help="Folder; by default in the user's data, where the nodes look for it.")] = None,
) -> None:
    """Download a detector, YOLOX-nano, from its project's release."""
    path = import_module('colorize_ros.detection.download').get_detector(file, out)
    Console(soft_wrap=True).print(f'YOLOX-nano is in {path}', markup=False, highlight=False)


@app.command()
def train(
    task: Task,
    data: Annotated[list[Path], typer.Option(help='Data set with a split `train`; repeatable.')],
    out: Annotated[Path, typer.Option(help='Folder for weights, card, log and checkpoint.')],
    preset: Preset = 'robot',
    minutes: Annotated[
        Optional[float], typer.Option(help="How long; the task's own time by default.")] = None,
    steps: Annotated[Optional[int], typer.Option(
        help='How many steps instead: the same seed then gives the same weights.')] = None,
    resume: Annotated[bool, typer.Option(help='Go on from the checkpoint in --out.')] = False,
    vgg: Annotated[Optional[Path], typer.Option(
        help='VGG-19 as safetensors, for a perceptual loss, or for the encoder of nir.')] = None,
    learning_rate: Annotated[
        Optional[float], typer.Option(help="Its peak; the preset's own by default.")] = None,
    start_from: Annotated[Optional[Path], typer.Option(
        help='Weights of the same preset to start from, to adapt them to other data.')] = None,
    hold_out: Annotated[float, typer.Option(
        help='Share of the recorded pairs of nir or stereo to validate on, with pictures, instead '
        'of learning from them.')] = 0.0,
    device: Device = 'auto',
    devices: Annotated[
        int, typer.Option(help='Processes a host, each with a device of its own.')] = 1,
    nodes: Annotated[int, typer.Option(
        help='Hosts; start the command on each, with NODE_RANK, MASTER_ADDR and MASTER_PORT set.'
    )] = 1,
    precision: Annotated[str, typer.Option(help='bf16 (mixed with fp32) or fp32.')] = 'bf16',
    seed: Seed = 0,
) -> None:
    """Train a network and write its weights with their card."""
    need_network(task)
    if hold_out and task not in HOLDING_OUT:
        able = ' and '.join(other.value for other in HOLDING_OUT)
        raise ConfigurationError(f'--hold-out is {hold_out}, and only {able} can hold out pairs; '
                                 f'train {task.value} without it')
    launch = import_module('colorize_ros.training.options').Launch(
        device=device, devices=devices, nodes=nodes, seed=seed, precision=precision,
        minutes=minutes, steps=steps, resume=resume, learning_rate=learning_rate,
        start_from=start_from, hold_out=hold_out)
    written = import_module(f'colorize_ros.training.{task.module}').train(
        data, out, launch, preset=preset, vgg=vgg)
    if written is not None:
        Console().print(f'Wrote {written}')


@app.command()
def evaluate(
    task: Task,
    data: Annotated[Path, typer.Option(help='Data set.')],
    out: Annotated[Path, typer.Option(help='Folder for results.json and contact sheets.')],
    split: Annotated[str, typer.Option(help='Which items of the data set.')] = 'test',
    limit: Annotated[
        Optional[int], typer.Option(help='At most so many items, evenly spread.', min=1)] = None,
    device: Device = 'auto',
    vgg: Annotated[Optional[Path], typer.Option(
        help='VGG-19 as safetensors, for the Frechet distance of nir and depth-color.')] = None,
    inception: Annotated[Optional[Path], typer.Option(
        help='Inception-v3 as ONNX, up to its last pooling, for the FID of depth-color: RGB in '
        '[0, 1] (1, 3, H, W) in, 2048 features out.')] = None,
    setup: Annotated[Optional[int], typer.Option(
        help='Noise of stereo, 1 or 2 of Table 2; both by default.', min=1, max=2)] = None,
    onnx: Annotated[Optional[list[str]], typer.Option(
        metavar='NAME=FILE', help='One more method for stereo, repeatable: an ONNX network that '
        'colors on its own, L* (1, 1, H, W) in, a* and b* (1, 2, h, w) out.')] = None,
    detector: Annotated[Optional[Path], typer.Option(
        help='ONNX file of a YOLO for consistency; that of get-detector by default.')] = None,
    classes: Annotated[Optional[list[str]], typer.Option(
        help='Of consistency, repeatable: nyu, scenenet or coco for lists, or names of classes; '
        'coco by default.')] = None,
    record: Annotated[
        bool, typer.Option(help='Put the scores of the presets on their model cards.')] = False,
) -> None:
    """Run all methods, networks and baselines, on the same items, and compare them."""
    options: dict[str, Any] = {'vgg': vgg} if task in (Task.NIR, Task.DEPTH_COLOR) else {}
    if task is Task.DEPTH_COLOR:
        options['inception'] = inception
    if task is Task.STEREO:
        options = {'onnx': files_by_name(onnx or []),
                   **({} if setup is None else {'setups': (setup,)})}
    if task is Task.CONSISTENCY:
        options = {'detector': detector, 'classes': tuple(classes or ['coco'])}
    results = import_module(f'colorize_ros.evaluation.{task.module}').evaluate(
        data, split, out, device=device, limit=limit, **options)
    if record:
        written = import_module('colorize_ros.evaluation.cards').record_on_cards(
            results, some_groups='setups' in options)
        Console().print(f'Recorded on {", ".join(written)}')
    Console().print(f'Wrote {out / "results.json"}')


@app.command()
def apply(
    task: Task,
    files: Annotated[list[Path], typer.Argument(
        help='Depth as 16-bit PNG of millimetres; near infrared as any gray image; MONO COLOR for '
        'stereo.')],
    out: Annotated[Path, typer.Option(help='Folder for the results, <stem>.png each.')],
    scale: Annotated[int, typer.Option(help='Of super-resolution: 2, 4 or 8.')] = 4,
    mono_is: Annotated[
        Side, typer.Option(help='Of stereo: where the monochrome camera stands.')] = Side.LEFT,
    reference: Annotated[Optional[tuple[Path, Path]], typer.Option(
        metavar='RGB DEPTH', help='Of depth-color: what the place looks like, a color image and '
        'the depth registered to it.')] = None,
    preset: Preset = 'robot',
    device: Device = 'auto',
) -> None:
    """Run a network on files."""
    need_network(task)
    options: dict[str, Any] = {'model': preset, 'device': device}
    if task is Task.DEPTH_SUPER_RESOLUTION:
        options['scale'] = scale
    if task is Task.STEREO:
        options['mono_is'] = mono_is.value
    if task is Task.DEPTH_COLOR:
        options['reference'] = reference
    getattr(import_module('colorize_ros.apply'), task.module)(files, out, **options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what the user can mend is said in a line, and ends it with 2.

    SIGTERM ends it as Ctrl-C does: processes and temporary folders of the demo go with it.

    Args:
        arguments: as from the shell, without the command's name; None takes the shell's.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        try:
            app(args=arguments)
        except ModuleNotFoundError as error:
            raise installation.remedy(error) from error
    except ColorizeError as error:
        Console(stderr=True, soft_wrap=True).print(
            f'Error: {error}', style='red', markup=False, highlight=False)
        sys.exit(2)
