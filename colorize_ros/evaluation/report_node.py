"""What the demo's page says of every node: rates, latencies, drops, model."""
from __future__ import annotations

from typing import Any

import numpy as np

from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.demo_stations import Station

CHART_WIDTH, CHART_HEIGHT = 1000, 180


def read_latencies(run: recording.Run, station: Station) -> recording.Latencies:
    """Match the node's first result to the first topic that it takes."""
    return recording.latencies(run.published, run.received, station.sources(run.topics)[0],
                               station.results[0])


def node_facts(run: recording.Run, station: Station,
               latency: recording.Latencies) -> dict[str, Any]:
    """Gather the numbers of one node, from what was recorded and from its diagnostics."""
    published, received = run.published, run.received
    flows = [(topic, 'in', *recording.rate_hz(published, topic, 'published_ns'))
             for topic in station.sources(run.topics)]
    flows += [(topic, 'out', *recording.rate_hz(received, topic, 'received_ns'))
              for topic in station.results]
    came = next(flow for flow in flows if flow[1] == 'out')
    diagnostics = recording.last_diagnostics(run.recorded, station.name)
    pairings = [values for part, values in diagnostics.items() if part.split()[0] == 'pairing']
    inference = diagnostics.get('inference', {})
    drops = [(key[len('dropped'):].strip(' :'), int(count))
             for values in (*pairings, inference) for key, count in values.items()
             if key.startswith('dropped')]
    model = next((part for part in diagnostics if part.startswith('model ')), '')
    return {
        'flows': flows, 'frames_in': flows[0][2], 'rate_in_hz': flows[0][3],
        'frames_out': came[2], 'rate_out_hz': came[3],
        'drops': drops, 'sets': sum(int(pairing['sets']) for pairing in pairings),
        'processed': int(inference.get('frames', 0)),
        'failures': int(inference.get('failures', 0)),
        'model': model[len('model '):], 'model_facts': diagnostics.get(model, {}),
        'latency_median_ms': latency.quantile_ms(0.5), 'latency_p99_ms': latency.quantile_ms(0.99),
        'node_p50_ms': inference.get('latency_p50_ms', '')}


def chart(latency: recording.Latencies) -> dict[str, Any]:
    """Place the latencies in a drawing, the axis in round steps."""
    seconds = float(latency.since_start_s.max(initial=1.0))
    highest = float(latency.latency_ms.max(initial=1.0))
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 1_000_000)
                if step * 5 >= highest)
    top = step * int(np.ceil(highest / step))
    return {
        'points': [(CHART_WIDTH * at / seconds, CHART_HEIGHT * (1 - value / top))
                   for at, value in zip(latency.since_start_s, latency.latency_ms)],
        'lines': [(CHART_HEIGHT * (1 - level / top), level)
                  for level in range(0, top + 1, step)],
        'seconds': [(CHART_WIDTH * at / seconds, at) for at in range(int(seconds) + 1)]}
