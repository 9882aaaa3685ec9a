"""A piece of work that a peer and examples/bench both do: the network, what runs, what comes out."""
import os
import time
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np

CHECK_STEP = 100  # the step after which states are compared
SHORTEST = 0.05  # s, of a measurement


@dataclass
class Work:
    peer: str  # distribution name on PyPI
    flags: list  # of bench, for the same model and numbers
    runs: dict  # "forward", "gradient" or "update" -> (function without arguments, steps)
    learned: str = "none"  # bench's -learned for the gradient
    trajectory: np.ndarray | None = None  # [step, region] of the first recorded variable
    loss: float | None = None  # of the gradient's run
    sums: dict = field(default_factory=dict)  # address -> sum of the gradient
    note: str = ""

    def describe(self):
        """What the parent process needs to know, as JSON."""
        return dict(
            version=f"{self.peer} {version(self.peer)}",
            flags=self.flags,
            learned=self.learned,
            steps={kind: steps for kind, (_, steps) in self.runs.items()},
            check_step=CHECK_STEP,
            state=None if self.trajectory is None else np.asarray(self.trajectory, float)[CHECK_STEP - 1].tolist(),
            loss=self.loss,
            sums=self.sums,
            note=self.note,
        )


def save(folder, weights, delays=None, init=None):
    """Write the network for bench: [to, from] matrices, delays in ms, init [region, state]."""
    for name, matrix in dict(weights=weights, delays=delays, init=init).items():
        if matrix is not None:
            np.savetxt(os.path.join(folder, name + ".csv"), np.asarray(matrix, float), fmt="%.17g", delimiter=",")


def random_network(n, dt, shortest, longest):
    """Weights with rows summing to about 1 and delays of shortest to longest ms, all of them whole steps."""
    random = np.random.default_rng(1)
    weights = 2 * random.random((n, n)) / n
    delays = np.rint(random.uniform(shortest, longest, (n, n)) / dt) * dt
    for matrix in (weights, delays):
        np.fill_diagonal(matrix, 0)
    return weights, delays


def measure(run, count):
    """CPU time of a run, s, all threads."""
    began = time.process_time()
    for _ in range(count):
        run()
    return (time.process_time() - began) / count


def repeats(run):
    """Warm up; the number of runs that take long enough."""
    run()
    return 1 + int(SHORTEST / max(measure(run, 1), 1e-6))
