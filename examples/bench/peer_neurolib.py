"""neurolib: its models on 80 random regions with delays, float64, its Euler steps of 0.1 ms.

Only its compiled loop is timed, which it calls elementwise: noise is drawn before it, into the arrays that the
loop then overwrites. With sigma_ou = 0 the loop's noise processes stay 0, at a few multiplications per region.
With BOLD, one chunk of its usual length is timed, and its compiled loop over the balloons is added; theirs take
Euler steps of 0.1 ms and start with the signal s at 1, ours take Heun steps of 10 ms, which are more accurate.
"""
import importlib
import logging

import numpy as np

from peer_work import CHECK_STEP, Work, random_network, save

logging.disable(logging.WARNING)

REGIONS, DT, SPEED = 80, 0.1, 20.0
STEPS = 10_000
CHUNK = 20_000  # neurolib's chunk, of one sample of BOLD


def model(folder, name, cls, starts, flags, bold=False):
    steps = CHUNK if bold else STEPS
    cls = getattr(importlib.import_module(f"neurolib.models.{name}"), cls)
    module = importlib.import_module(f"neurolib.models.{name}.timeIntegration")
    weights, delays = random_network(REGIONS, DT, 0.5, 10)
    start = np.random.default_rng(2).uniform(0.02, 0.1, (REGIONS, 2))
    save(folder, weights, delays, start)
    m = cls(Cmat=weights, Dmat=delays * SPEED, seed=1)
    m.params.update(dt=DT, duration=steps * DT, signalV=SPEED, K_gl=0.6, sigma_ou=0.0)
    for k, init in enumerate(starts):
        m.params[init] = start[:, k : k + 1].copy()
    kernel = Kernel(module, "timeIntegration_njit_elementwise")
    balloons = Kernel(importlib.import_module("neurolib.models.bold.timeIntegration"), "integrateBOLD_numba")
    if bold:
        m.run(chunkwise=True, bold=True)
    else:
        m.run()

    def again():
        kernel.again()
        if bold:
            balloons.again()

    return Work(
        "neurolib", flags + ["-delay", "full", "-dtype", "float64", "-integrator", "euler"],
        dict(forward=(again, steps)), trajectory=m.outputs[m.output_vars[0]].T,
        note="compiled loops only",
    )


class Kernel:
    """Catches the call of a compiled loop, to repeat it on copies of its arrays."""

    def __init__(self, module, name):
        self.compiled = getattr(module, name)
        setattr(module, name, self.catch)

    def catch(self, *arguments):
        self.arguments = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
        return self.compiled(*arguments)

    def again(self):
        # What an earlier run has written is read as noise only, which sigma_ou = 0 takes away.
        self.compiled(*self.arguments)


def wc(folder, bold=False):
    # its S is plain, its thresholds are mu, its refraction (1 - E)
    values = dict(c_ee=16, c_ei=12, c_ie=15, c_ii=3, tau_e=2.5, tau_i=3.75, a_e=1.5, a_i=1.5, b_e=3, b_i=3, shift=0)
    settings = ",".join(f"cortex.{name}={value}" for name, value in values.items())
    flags = ["-case", "wilsoncowan", "-set", settings, "-record", "cortex.E,cortex.I"]
    if bold:  # nothing is kept but BOLD and the last state
        flags = ["-case", "bold10min", "-set", settings, "-record", "cortex.E", "-every", str(CHECK_STEP)]
    return model(folder, "wc", "WCModel", ("exc_init", "inh_init"), flags, bold)


def wc_bold(folder):
    return wc(folder, bold=True)


def hopf(folder):
    flags = ["-case", "hopf", "-set", "cortex.a=0.25,cortex.omega=0.2,coupling/gain=0.6", "-record", "cortex.x,cortex.y"]
    return model(folder, "hopf", "HopfModel", ("xs_init", "ys_init"), flags)


def fhn(folder):
    flags = ["-case", "fhn", "-record", "cortex.x,cortex.y"]
    return model(folder, "fhn", "FHNModel", ("xs_init", "ys_init"), flags)
