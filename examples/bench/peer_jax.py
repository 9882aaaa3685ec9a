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


INPUTS, OUTPUTS, STEP = 3, 3, 40  # of the delayed match; ms
FIXATION, SAMPLE, DELAY, TEST, DECISION = (ms // STEP for ms in (300, 500, 1000, 500, 900))
LENGTH = FIXATION + SAMPLE + DELAY + TEST + DECISION
PLACES = np.array([0, np.pi], "f")


def epochs():
    """First steps of sample, test and decision."""
    return FIXATION, FIXATION + SAMPLE + DELAY, LENGTH - DECISION


def shown(angle):
    """Both stimulus channels for angles."""
    return 0.5 + 0.5 * np.cos(angle[..., None] - PLACES)


def trials_numpy(random):
    """Inputs [step, batch, channel] and classes at the decision."""
    first, match = random.integers(0, 2, (2, BATCH))
    sample, test, decision = epochs()
    u = np.zeros((LENGTH, BATCH, INPUTS), "f")
    u[:decision, :, 0] = 1
    for start, steps, place in ((sample, SAMPLE, first), (test, TEST, np.where(match, first, 1 - first))):
        noise = random.standard_normal((steps, BATCH, 2), dtype="f") / np.sqrt(STEP)
        u[start:start + steps, :, 1:] = shown(np.pi * place) + noise
    return u, np.where(match, 1, 2)


def trials_jax(key):
    """The same, compiled with the update."""
    choices, noisy = jax.random.split(key)
    first, match = jax.random.randint(choices, (2, BATCH), 0, 2)
    sample, test, decision = epochs()
    noise = jax.random.normal(noisy, (SAMPLE + TEST, BATCH, 2)) / np.sqrt(STEP)
    places = jnp.asarray(shown(np.pi * np.arange(2)), "f")
    u = jnp.zeros((LENGTH, BATCH, INPUTS)).at[:decision, :, 0].set(1)
    u = u.at[sample:sample + SAMPLE, :, 1:].set(places[first] + noise[:SAMPLE])
    u = u.at[test:test + TEST, :, 1:].set(places[jnp.where(match, first, 1 - first)] + noise[SAMPLE:])
    return u, jnp.where(match, 1, 2)


def dms_loss(p, u, classes, unroll):
    """Cross-entropy of a HORN's readout of both states: no weight in the first 100 ms, 5 at the decision."""
    decision = epochs()[2]
    weights = np.ones(LENGTH, "f")
    weights[:-(-100 // STEP)], weights[decision:] = 0, 5
    weights /= weights.sum()
    drive = u @ p["encoder"] + p["b"]
    recurrent = 2 / np.sqrt(UNITS) * p["recurrent"]
    stiffness, damping = p["omega"] ** 2, 2 * p["gamma"]

    def step(state, drive):
        x, y = state
        y = y + 0.5 * jnp.tanh(drive + y @ recurrent) - stiffness * x - damping * y
        x = x + y
        return (x, y), (x, y)

    zero = jnp.zeros((BATCH, UNITS))
    x, y = jax.lax.scan(step, (zero, zero), drive, unroll=unroll)[1]
    chances = jax.nn.log_softmax(x @ p["read x"] + y @ p["read y"] + p["bias"])
    wanted = jnp.where((jnp.arange(LENGTH) < decision)[:, None], 0, classes)
    return -jnp.mean(weights @ jnp.take_along_axis(chances, wanted[..., None], 2)[..., 0])


def clipped(grads, longest=1.0):
    """The gradient, no longer than that."""
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(grads)))
    scale = jnp.minimum(1, longest / norm)
    return jax.tree.map(lambda g: scale * g, grads)


def dms(folder):
    random = np.random.default_rng(1)
    save(folder, random.uniform(-1, 1, (UNITS, UNITS)))
    uniform = lambda limit, *shape: jnp.asarray(random.uniform(-limit, limit, shape), "f")
    near = UNITS**-0.5
    damped = np.arange(UNITS) % 2 == 1
    omega, gamma = 2 * np.pi / 28 * random.uniform(0.5, 2, UNITS) * np.where(damped, 0.7, 1), np.where(damped, 0.5, 0.01)
    p = {
        "omega": jnp.asarray(omega, "f"), "gamma": jnp.asarray(gamma, "f"),
        "encoder": jnp.asarray(random.standard_normal((INPUTS, UNITS)) * 2 / np.sqrt(INPUTS), "f"), "recurrent": uniform(1, UNITS, UNITS), "b": uniform(near, UNITS),
        "read x": uniform(near, UNITS, OUTPUTS), "read y": uniform(near, UNITS, OUTPUTS), "bias": jnp.zeros(OUTPUTS),
    }
    zeros = jax.tree.map(jnp.zeros_like, p)

    def update(choice):
        inside, unroll = choice

        def f(p, moments, k, given):
            u, classes = trials_jax(given) if inside else given
            value, grads = jax.value_and_grad(dms_loss)(p, u, classes, unroll)
            return adam(p, moments, clipped(grads), k, rate=2e-3), value

        return f

    def timed(inside):
        """An update with trials from inside the compiled function, or from numpy, and its time."""
        given = jax.random.key(1) if inside else trials_numpy(random)
        step, (_, unroll) = best(update, [(inside, u) for u in (1, 2, 5, 10, 25)], p, (zeros, zeros), jnp.float32(1), given)
        state = dict(p=p, moments=(zeros, zeros), k=0, key=jax.random.key(1))

        def run():
            state["k"] += 1
            if inside:
                state["key"], given = jax.random.split(state["key"])
            else:
                given = trials_numpy(random)
            (state["p"], state["moments"]), loss = step(state["p"], state["moments"], jnp.float32(state["k"]), given)
            jax.block_until_ready((state["p"], loss))

        count = repeats(run)
        return min(measure(run, count) for _ in range(3)), run, f"trials of {'jax' if inside else 'numpy'}, unroll {unroll}"

    _, run, note = min((timed(inside) for inside in (True, False)), key=lambda t: t[0])
    return Work("jax", ["-case", "dms"], dict(update=(run, LENGTH)), learned="weights,parameters", note=note)
