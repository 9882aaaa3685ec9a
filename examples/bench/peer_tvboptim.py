"""tvboptim: its own connectome of 84 regions, Montbrió-Pazó-Roxin, Heun, float32."""
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from tvboptim.data import load_structural_connectivity
from tvboptim.experimental.network_dynamics import Network, prepare
from tvboptim.experimental.network_dynamics.coupling import DelayedLinearCoupling, LinearCoupling
from tvboptim.experimental.network_dynamics.dynamics.tvb import MontbrioPazoRoxin
from tvboptim.experimental.network_dynamics.graph import DenseDelayGraph, DenseGraph
from tvboptim.experimental.network_dynamics.noise import AdditiveNoise
from tvboptim.experimental.network_dynamics.solvers import Heun

from peer_work import Work, measure, repeats, save

DT, SPEED, GAIN, SIGMA = 0.1, 4.0, 0.1, 0.01
START = (0.1, -2.0)
HISTORIES = ("roll", "circular")  # its two faster ways to keep delayed states; the third took longer than both


def connectome():
    """Weights over their largest and delays in ms, whole steps."""
    weights, lengths, _ = load_structural_connectivity("dk_average")
    weights, lengths = np.asarray(weights, "f"), np.asarray(lengths, float)
    return weights / weights.max(), np.rint(lengths / SPEED / DT) * DT


def network(weights, delays, noise, buffer="roll"):
    settings = dict(incoming_states="r", G=GAIN)
    if delays is None:
        graph, coupling = DenseGraph(weights), dict(instant=LinearCoupling(**settings))
    else:
        graph = DenseDelayGraph(weights=weights, delays=delays)
        coupling = dict(delayed=DelayedLinearCoupling(buffer_strategy=buffer, **settings))
    random = dict(noise=AdditiveNoise(sigma=SIGMA, key=jax.random.key(0))) if noise else {}
    return Network(dynamics=MontbrioPazoRoxin(eta=-5.0, INITIAL_STATE=START), coupling=coupling, graph=graph, **random)


class Solve:
    """A compiled solve of so many steps, and its compiled value and gradient."""

    def __init__(self, net, kind, steps):
        self.solve, state = prepare(net, Heun(), t0=0.0, t1=steps * DT, dt=DT)
        self.kind = kind  # of coupling
        self.arrays = eqx.filter(state, eqx.is_array)
        self.static = eqx.filter(state, lambda leaf: not eqx.is_array(leaf))

    def forward(self):
        run = jax.jit(lambda a: self.solve(eqx.combine(a, self.static)).ys).lower(self.arrays).compile()
        return lambda: jax.block_until_ready(run(self.arrays))

    def gradient(self, weights):
        theta = dict(gain=jnp.float32(GAIN), eta=jnp.full(len(weights), -5.0, "f"), weights=jnp.asarray(weights))
        leaves = lambda s: (s.coupling[self.kind].G, s.dynamics.eta, s.graph._weights)

        def loss(theta, arrays):
            values = theta["gain"], theta["eta"], theta["weights"]
            state = eqx.tree_at(leaves, eqx.combine(arrays, self.static), values)
            return jnp.mean(self.solve(state).ys[:, 0] ** 2)

        run = jax.jit(jax.value_and_grad(loss)).lower(theta, self.arrays).compile()
        return lambda: jax.block_until_ready(run(theta, self.arrays))


def fastest(runs):
    if len(runs) == 1:
        return runs[0]
    counts = [repeats(run) for run in runs]
    times = [min(measure(run, count) for _ in range(3)) for run, count in zip(runs, counts)]
    return runs[times.index(min(times))]


def montbrio(folder, delayed, noise):
    weights, delays = connectome()
    save(folder, weights, delays, np.tile(START, (len(weights), 1)))
    kind = "delayed" if delayed else "instant"
    steps = jnp.asarray(delays, "f") if delayed else None
    solves = lambda n: [Solve(network(jnp.asarray(weights), steps, noise, b), kind, n) for b in HISTORIES[: 1 + delayed]]
    forward = fastest([s.forward() for s in solves(10_000)])
    gradient = fastest([s.gradient(weights) for s in solves(1_000)])
    value, grads = gradient()
    flags = ["-case", "mpr", "-delay", "full" if delayed else "none", "-dtype", "float32", "-record", "cortex.r,cortex.v"]
    work = Work(
        "tvboptim", flags, dict(forward=(forward, 10_000), gradient=(gradient, 1_000)),
        learned="weights,gain,cortex.eta",
    )
    if noise:
        work.flags += ["-noise", str(SIGMA)]
        return work
    work.trajectory = np.asarray(forward())[:, 0]
    work.loss = float(value)
    names = dict(gain="coupling/gain", eta="cortex.eta", weights="coupling/weights")
    work.sums = {names[k]: float(g.sum()) for k, g in grads.items()}
    return work


def mpr(folder):
    return montbrio(folder, delayed=False, noise=False)


def mpr_noise(folder):
    return montbrio(folder, delayed=False, noise=True)


def mpr_delay(folder):
    return montbrio(folder, delayed=True, noise=False)


def mpr_delay_noise(folder):
    return montbrio(folder, delayed=True, noise=True)
