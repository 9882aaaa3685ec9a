"""brainmass: its Network of 80 Hopf regions, its default integrator (exponential Euler), float32."""
import brainmass
import brainstate
import braintools
import brainunit as u
import jax
import jax.numpy as jnp
import numpy as np

from peer_work import Work, save

REGIONS, DT, SPEED = 80, 0.1, 10.0


def connectome():
    random = np.random.default_rng(0)
    weights = random.uniform(0, 1, (REGIONS, REGIONS)).astype("f")
    weights = (weights + weights.T) / 2
    np.fill_diagonal(weights, 0)
    delays = np.rint(random.uniform(10, 200, (REGIONS, REGIONS)) / SPEED / DT) * DT
    np.fill_diagonal(delays, 0)
    return weights / weights.sum(1).max(), delays


def hopf_network(delayed, folder):
    weights, delays = connectome()
    save(folder, weights, delays, np.full((REGIONS, 2), 0.1))
    brainstate.environ.set(dt=DT * u.ms)
    constant = braintools.init.Constant
    distance = delays * SPEED if delayed else 0 * delays  # None cannot be compiled as part of a function

    def run(parameters, weights, steps):
        node = brainmass.HopfStep(REGIONS, **parameters, init_x=constant(0.1), init_y=constant(0.1))
        net = brainmass.Network(
            node, conn=weights, distance=distance, speed=SPEED, coupling="diffusive", coupled_var="x", k=0.2,
            delay_init=constant(0.1))
        brainstate.nn.init_all_states(net)

        def step(_):
            net()
            return u.get_magnitude(node.x.value)

        return brainstate.transform.for_loop(step, jnp.arange(steps))

    return run, jnp.asarray(weights)


def hopf_work(folder, delayed):
    run, weights = hopf_network(delayed, folder)
    parameters = {name: jnp.full(REGIONS, value, "f") for name, value in dict(a=0.1, w=0.3, beta=1).items()}
    compiled = jax.jit(lambda p, w: run(p, w, 10_000)).lower(parameters, weights).compile()
    loss = lambda p, w: jnp.mean(run(p, w, 1_000) ** 2)
    grad = jax.jit(jax.value_and_grad(loss, argnums=(0, 1))).lower(parameters, weights).compile()
    value, (dp, dw) = grad(parameters, weights)
    names = dict(a="cortex.a", w="cortex.omega", beta="cortex.beta")
    return Work(
        "brainmass",
        ["-case", "hopf", "-delay", "full" if delayed else "none", "-dtype", "float32", "-integrator", "exponentialeuler"],
        dict(
            forward=(lambda: jax.block_until_ready(compiled(parameters, weights)), 10_000),
            gradient=(lambda: jax.block_until_ready(grad(parameters, weights)), 1_000),
        ),
        learned="weights,parameters",
        trajectory=compiled(parameters, weights),
        loss=float(value),
        sums={names[k]: float(d.sum()) for k, d in dp.items()},
    )


def hopf(folder):
    return hopf_work(folder, delayed=False)


def hopf_delay(folder):
    return hopf_work(folder, delayed=True)
