"""The Virtual Brain: its Montbrió-Pazó-Roxin network of 76 regions with delays, Heun, float64.

The connectome is that of testdata/tvb76. TVB (GPL) is called, not copied.
"""
import logging
import os
import warnings

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
if not hasattr(np, "trapz"):
    np.trapz = np.trapezoid  # tvb-library 2.10 was made for numpy 1

from tvb.simulator.backend.nb_mpr import NbMPRBackend
from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator

from peer_work import Work, save

DT, SPEED, GAIN, DISPERSION = 0.1, 3.0, 0.01, 1e-5
START = (0.1, -2.0)
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "tvb76")


def brain():
    """A connectome of whole steps, in TVB's own class; weights over their largest."""
    read = lambda name: np.loadtxt(os.path.join(FOLDER, name), delimiter=",")
    weights, lengths = read("weights.csv"), read("tract_lengths_mm.csv")
    lengths = np.rint(lengths / SPEED / DT) * DT * SPEED
    c = connectivity.Connectivity(
        weights=weights / weights.max(), tract_lengths=lengths, centres=read("centres_mm.csv"), speed=np.array([SPEED]),
        region_labels=np.array([f"region {i}" for i in range(len(weights))]))
    c.configure()
    return c


def simulation(steps, dispersion):
    """A configured simulator; a dispersion of None is TVB's deterministic Heun."""
    c = brain()
    integrator = integrators.HeunDeterministic(dt=DT)
    if dispersion is not None:
        integrator = integrators.HeunStochastic(dt=DT, noise=noise.Additive(nsig=np.array([dispersion]), noise_seed=1))
    history = np.tile(np.array(START)[None, :, None, None], (c.tract_lengths.max().astype(int) * 10, 1, len(c.weights), 1))
    return simulator.Simulator(
        connectivity=c, model=models.MontbrioPazoRoxin(variables_of_interest=("r", "V")), integrator=integrator,
        coupling=coupling.Linear(a=np.array([GAIN])), monitors=(monitors.Raw(),), simulation_length=steps * DT,
        initial_conditions=history).configure()


def flags(folder, noisy):
    c = brain()
    save(folder, c.weights, np.rint(c.tract_lengths / SPEED / DT) * DT, np.tile(START, (len(c.weights), 1)))
    own = ["-case", "mpr", "-delay", "full", "-dtype", "float64", "-record", "cortex.r,cortex.v", "-set", f"coupling/gain={GAIN}"]
    return own + (["-noise", repr((2 * DISPERSION) ** 0.5)] if noisy else [])


def numpy_work(folder, dispersion):
    steps = 1_000
    sim = simulation(steps, dispersion)
    (_, trajectory), = sim.run()
    return Work(
        "tvb-library", flags(folder, dispersion is not None), dict(forward=(lambda: sim.run(), steps)),
        trajectory=None if dispersion else trajectory[:, 0, :, 0])


def mpr_numpy(folder):
    return numpy_work(folder, None)


def mpr_numpy_noise(folder):
    return numpy_work(folder, DISPERSION)


class Backend(NbMPRBackend):
    """TVB's numba kernel, compiled once instead of at every run."""

    def build_py_func(self, *arguments, **settings):
        if not hasattr(self, "compiled"):
            self.compiled = super().build_py_func(*arguments, **settings)
        return self.compiled


def numba_work(folder, frozen):
    """The kernel takes noise drawn before it; its run_sim, which draws it, is what is timed.

    Its compatibility mode freezes the coupling during a step as TVB's numpy does, and as we do: half the sums.
    """
    steps, backend = 10_000, Backend()
    run = lambda sim: backend.run_sim(sim, nstep=steps, compatibility_mode=frozen)
    (_, trajectory), = run(simulation(steps, 0.0))
    sim = simulation(steps, DISPERSION)
    return Work(
        "tvb-library", flags(folder, True), dict(forward=(lambda: run(sim), steps)),
        trajectory=trajectory[:, 0, :, 0] if frozen else None, note="compiled once; checked without noise")


def mpr_numba(folder):
    return numba_work(folder, True)


def mpr_numba_default(folder):
    """The kernel as it comes: another scheme than ours, with the coupling's sums formed twice a step."""
    return numba_work(folder, False)
