"""Plain JAX as an expert writes it: scan over steps, everything in one compiled function."""
import numpy as np
import jax
import jax.numpy as jnp

from peer_work import Work, measure, repeats, save

REGIONS, DT, GAIN = 80, 0.1, 0.2


def best(make, choices, *arguments):
    """The compiled make(choice) that is fastest, by CPU time, and its choice."""
    timed = []
    for choice in choices:
        compiled = jax.jit(make(choice)).lower(*arguments).compile()
        run = lambda: jax.block_until_ready(compiled(*arguments))
        count = repeats(run)
        timed.append((min(measure(run, count) for _ in range(3)), choice, compiled))
    _, choice, compiled = min(timed, key=lambda t: t[0])
    return compiled, choice


def hopf_network(folder):
    random = np.random.default_rng(0)
    weights = random.uniform(0, 1, (REGIONS, REGIONS)).astype("f")
    weights = (weights + weights.T) / 2
    np.fill_diagonal(weights, 0)
    weights /= weights.sum(1).max()
    start = 0.1 * (1 + 0.1 * random.standard_normal((REGIONS, 2))).astype("f")
    save(folder, weights, init=start)
    return jnp.asarray(weights), jnp.asarray(start)


def hopf_run(parameters, weights, start, steps, unroll):
    """x after every Euler step of a diffusively coupled Hopf network."""
    a, omega, beta = parameters
    rows = weights.sum(1)

    def step(state, _):
        x, y = state
        growth = a - beta * (x * x + y * y)
        current = GAIN * (weights @ x - rows * x)
        new = x + DT * (growth * x - omega * y + current), y + DT * (growth * y + omega * x)
        return new, new[0]

    return jax.lax.scan(step, (start[:, 0], start[:, 1]), None, length=steps, unroll=unroll)[1]


def hopf(folder):
    weights, start = hopf_network(folder)
    parameters = tuple(jnp.full(REGIONS, v, "f") for v in (0.1, 0.3, 1.0))
    forward, steps = 10_000, 1_000
    run, unroll = best(lambda u: lambda p, w: hopf_run(p, w, start, forward, u), (1, 2, 4, 8), parameters, weights)
    loss = lambda u: lambda p, w: jnp.mean(hopf_run(p, w, start, steps, u) ** 2)
    grad, unroll_back = best(lambda u: jax.value_and_grad(loss(u), argnums=(0, 1)), (1, 2, 4, 8), parameters, weights)
    value, (dp, dw) = grad(parameters, weights)
    names = ("cortex.a", "cortex.omega", "cortex.beta")
    return Work(
        "jax",
        ["-case", "hopf", "-delay", "none", "-dtype", "float32", "-integrator", "euler"],
        dict(
            forward=(lambda: jax.block_until_ready(run(parameters, weights)), forward),
            gradient=(lambda: jax.block_until_ready(grad(parameters, weights)), steps),
        ),
        learned="weights,parameters",
        trajectory=run(parameters, weights),
        loss=float(value),
        sums={n: float(d.sum()) for n, d in zip(names, dp)} | {"coupling/weights": float(dw.sum())},
        note=f"unroll {unroll} forward, {unroll_back} gradient",
    )


UNITS, BATCH, STEPS, CHANNELS, CLASSES = 64, 64, 50, 3, 3


def leaf(which, limit, *shape):
    """The numbers of bench's leaves."""
    i = np.arange(np.prod(shape))
    return jnp.asarray(limit * np.sin(100_000 * which + i * i % 9973), "f").reshape(shape)


def horn_loss(p, u, labels, unroll):
    """Mean cross-entropy of a HORN's readout at the last step; u is [step, batch, channel]."""
    drive = u @ p["encoder/weights"].T + p["cortex.b"]
    recurrent = p["coupling/weights"].T / np.sqrt(UNITS)
    stiffness, damping = p["cortex.omega"] ** 2, 2 * p["cortex.gamma"]

    def step(state, drive):
        x, y = state
        y = y + p["cortex.alpha"] * jnp.tanh(drive + y @ recurrent) - stiffness * x - damping * y
        return (x + y, y), None

    zero = jnp.zeros((BATCH, UNITS))
    (x, _), _ = jax.lax.scan(step, (zero, zero), drive, unroll=unroll)
    logits = x @ p["readout"] + p["readout bias"]
    return -jnp.mean(jnp.sum(labels * jax.nn.log_softmax(logits), 1))


def adam(p, moments, grads, k, rate=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    """One step of Adam for every leaf."""
    first = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, moments[0], grads)
    second = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, moments[1], grads)
    c1, c2 = 1 - b1**k, 1 - b2**k
    p = jax.tree.map(lambda x, m, v: x - rate * (m / c1) / (jnp.sqrt(v / c2) + eps), p, first, second)
    return p, (first, second)


def horn(folder):
    weights = np.random.default_rng(1).uniform(-1, 1, (UNITS, UNITS)).astype("f")
    save(folder, weights)
    full = lambda v: jnp.full(UNITS, v, "f")
    p = {
        "encoder/weights": leaf(1, CHANNELS**-0.5, UNITS, CHANNELS), "coupling/weights": jnp.asarray(weights),
        "cortex.alpha": full(0.04), "cortex.omega": full(2 * np.pi / 28), "cortex.gamma": full(0.01), "cortex.b": full(0),
        "readout": leaf(2, UNITS**-0.5, UNITS, CLASSES), "readout bias": leaf(3, 1, 1, CLASSES),
    }
    u = leaf(0, 1, BATCH, STEPS, CHANNELS).transpose(1, 0, 2)
    labels = jax.nn.one_hot(jnp.arange(BATCH) % CLASSES, CLASSES)
    zeros = jax.tree.map(jnp.zeros_like, p)

    def update(unroll):
        def f(p, moments, k, u):
            value, grads = jax.value_and_grad(horn_loss)(p, u, labels, unroll)
            return adam(p, moments, grads, k), value, grads
        return f

    step, unroll = best(update, (1, 2, 5, 10, 25, 50), p, (zeros, zeros), jnp.float32(1), u)
    _, value, grads = step(p, (zeros, zeros), jnp.float32(1), u)
    state = dict(p=p, moments=(zeros, zeros), k=0)

    def run():
        state["k"] += 1
        (state["p"], state["moments"]), loss, _ = step(state["p"], state["moments"], jnp.float32(state["k"]), u)
        jax.block_until_ready((state["p"], loss))

    return Work(
        "jax", ["-case", "horn"], dict(update=(run, STEPS)), learned="weights,parameters", loss=float(value),
        sums={n: float(g.sum()) for n, g in grads.items()}, note=f"unroll {unroll}",
    )
