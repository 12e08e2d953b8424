"""The training loop: it learns, averages, and goes on where it was cut."""

import numpy as np
import pytest
import torch
from torch import nn

from colorize_ros.compute import channels_last
from colorize_ros.errors import ConfigurationError
from colorize_ros.training.loop import learning_rate_factor, Trainer, TrainingOptions


def batches(seed=0):
    generator = torch.Generator().manual_seed(seed)
    while True:
        inputs = torch.rand(16, 3, generator=generator)
        yield {'inputs': inputs, 'target': inputs.sum(1, keepdim=True)}


def losses(network, batch):
    return {'squared': (network(batch['inputs']) - batch['target']).square().mean()}


def trainer(folder, minutes=0.05):
    torch.manual_seed(0)
    options = TrainingOptions(minutes=minutes, learning_rate=0.05, ema_decay=0.9, log_every=5)
    return Trainer(nn.Linear(3, 1), options, folder)


def test_learns_logs_and_tells_progress(tmp_path):
    told = []
    state = trainer(tmp_path).fit(batches(), losses, lambda done, line: told.append(done))
    assert torch.allclose(state['weight'], torch.ones(1, 3), atol=0.2)
    assert told == sorted(told)
    assert (tmp_path / 'log.csv').read_text().startswith('step,trained_s,squared')


def test_goes_on_from_the_checkpoint(tmp_path):
    first = trainer(tmp_path)
    first.fit(batches(), losses, lambda done, line: None)
    second = trainer(tmp_path)
    second.resume()
    assert second.steps == first.steps
    assert second.trained_s == pytest.approx(first.trained_s)
    for name, value in first.averaged.items():
        assert torch.equal(second.averaged[name], value)
    for ours, theirs in zip(second.optimizer.state_dict()['state'].values(),
                            first.optimizer.state_dict()['state'].values()):
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert second.fit(batches(), losses, lambda done, line: None)


def test_the_next_step_is_the_same_as_without_the_cut(tmp_path):
    def fresh():
        torch.manual_seed(0)
        network = channels_last(nn.Sequential(nn.Conv2d(2, 4, 3), nn.Conv2d(4, 1, 3)))
        return Trainer(network, TrainingOptions(), tmp_path)

    def squared(network, batch):
        return {'squared': network(batch['inputs']).square().mean()}

    generator = torch.Generator().manual_seed(0)
    stream = [{'inputs': torch.rand(2, 2, 8, 8, generator=generator)} for _ in range(6)]
    whole = fresh()
    for batch in stream[:5]:
        whole._step(batch, squared, 0.5)
    whole._save()
    resumed = fresh()
    resumed.resume()
    for each in (whole, resumed):
        each._step(stream[5], squared, 0.5)
    for ours, theirs in zip(resumed.network.parameters(), whole.network.parameters()):
        assert torch.equal(ours, theirs)


def test_nothing_to_resume_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match='resume'):
        trainer(tmp_path).resume()


@pytest.mark.parametrize('options', [{'minutes': 0}, {'learning_rate': -1.0}])
def test_refuses_impossible_options(options):
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        TrainingOptions(**options)


def test_the_learning_rate_rises_and_falls():
    factors = np.array([learning_rate_factor(over) for over in np.linspace(0, 1, 101)])
    assert factors[0] < 0.05
    assert factors.max() > 0.99
    assert factors[-1] == pytest.approx(0.01)
    assert (np.diff(factors[3:]) < 0).all()


def test_a_step_that_explodes_is_left_out(tmp_path):
    ours = trainer(tmp_path)
    before = ours.network.weight.detach().clone()
    ours._step({'inputs': torch.full((1, 3), torch.inf), 'target': torch.zeros(1, 1)}, losses, 0.5)
    assert torch.equal(ours.network.weight, before)
    assert ours.steps == 0
