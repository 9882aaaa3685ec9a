"""Times other simulators and examples/bench on the same work, by turns, and prints one table.

    python examples/bench/peers.py
    python examples/bench/peers.py --python neurolib=PATH/TO/python --python tvb=PATH/TO/python --only neurolib,tvb
    python examples/bench/peers.py --bench PATH/TO/BUILT/bench --repeat 9 --json results.json
    python examples/bench/peers.py --markdown       # the table of README.md

Each peer runs in a process of its own and so may have its own virtual environment (their requirements differ):

    jax        pip install jax
    tvboptim   pip install tvboptim==0.4.0
    brainmass  pip install brainmass==0.1.1
    neurolib   pip install neurolib==0.6.2
    tvb        pip install tvb-library==2.10.0 autopep8

Peers that are not installed are left out, and said to be. Times are CPU time, user and system, of all threads of
the process, per step, the minimum over --repeat measurements; a measurement of the peer and one of ours alternate.
Everything is compiled and has run before. Model, network, integrator, number type, steps and recorded variables are
the same on both sides; the columns "state" and "gradient" say how far that is so: the largest difference of a
state after 100 steps, and of the sum of any gradient, relative to the largest. Of work with noise, only the
noiseless version is compared, where it is a row of its own or a setting of the peer.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}
ENVIRONMENT = os.environ | ONE_THREAD | {"JAX_PLATFORMS": "cpu"}  # threads that wait cost CPU time
MODULES = dict(jax="jax", tvboptim="tvboptim", brainmass="brainmass", neurolib="neurolib", tvb="tvb.simulator")


@dataclass
class Row:
    """A line of the table: what a peer's worker is asked for, and the ratio that we want, if any."""

    work: str  # PEER-FUNCTION
    kind: str
    title: str
    dtype: str
    wanted: float | None

    @property
    def peer(self):
        return self.work.split("-")[0]


def both(work, title, dtype, forward, gradient):
    return [Row(work, "forward", title, dtype, forward), Row(work, "gradient", title, dtype, gradient)]


ROWS = [
    *both("tvboptim-mpr", "84 Montbrió-Pazó-Roxin, Heun", "float32", 1, 2),
    *both("tvboptim-mpr_noise", "84 Montbrió-Pazó-Roxin, Heun, noise", "float32", 4, None),
    *both("tvboptim-mpr_delay", "84 Montbrió-Pazó-Roxin, Heun, delays", "float32", 20, 15),
    *both("tvboptim-mpr_delay_noise", "84 Montbrió-Pazó-Roxin, Heun, delays, noise", "float32", 10, 10),
    Row("neurolib-wc", "forward", "80 Wilson-Cowan, Euler, delays", "float64", 8),
    Row("neurolib-wc_bold", "forward", "80 Wilson-Cowan, Euler, delays, to BOLD", "float64", 5),
    Row("neurolib-hopf", "forward", "80 Hopf, Euler, delays", "float64", 8),
    Row("neurolib-fhn", "forward", "80 FitzHugh-Nagumo, Euler, delays", "float64", 8),
    Row("tvb-mpr_numpy", "forward", "76 Montbrió-Pazó-Roxin, Heun, delays", "float64", 100),
    Row("tvb-mpr_numpy_noise", "forward", "76 Montbrió-Pazó-Roxin, Heun, delays, noise", "float64", 100),
    Row("tvb-mpr_numba", "forward", "76 Montbrió-Pazó-Roxin, Heun, delays, noise, numba", "float64", 15),
    Row("tvb-mpr_numba_default", "forward", "76 the same, numba's default: coupling twice a step", "float64", 15),
    *both("brainmass-hopf", "80 Hopf, exponential Euler", "float32", 10, 20),
    *both("brainmass-hopf_delay", "80 Hopf, exponential Euler, delays", "float32", 10, 20),
    *both("jax-hopf", "80 Hopf, Euler", "float32", 1, 2),
    Row("jax-horn", "update", "64 HORN, batch 64, 50 steps", "float32", 2),
    Row("jax-dms", "update", "64 HORN, delayed match, 64 fresh trials", "float32", 2),
]


class Process:
    """A process that answers lines with lines of JSON."""

    def __init__(self, command):
        self.command = command
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=ENVIRONMENT)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError(f"{' '.join(self.command)} ended:\n{self.log.read()[-2000:]}")
        return json.loads(line)

    def ask(self, kind):
        """CPU time per step of one more measurement, µs."""
        self.process.stdin.write(kind + "\n")
        self.process.stdin.flush()
        return self.read()["us_per_step"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def main():
    options = arguments()
    rows = [r for r in ROWS if options.only is None or {r.peer, r.work} & set(options.only)]
    with tempfile.TemporaryDirectory() as folder:
        bench = options.bench or build(folder)
        available = [r for r in rows if installed(options.python, r.peer)]
        results, failed = [], []
        for work in dict.fromkeys(r.work for r in available):
            print(work, "…", file=sys.stderr)
            try:
                results += compare([r for r in available if r.work == work], bench, options, os.path.join(folder, work))
            except (RuntimeError, OSError) as error:
                failed.append(work)
                print(error, file=sys.stderr)
    left_out = sorted({r.peer for r in rows} - {r.peer for r in available})
    if results:
        print(markdown(results) if options.markdown else table(results))
    if left_out:
        print("not installed:", ", ".join(left_out))
    if options.json:
        with open(options.json, "w") as f:
            json.dump(results, f, indent=1)
    if failed:
        sys.exit("peers.py: failed: " + ", ".join(failed))
    if not results:
        sys.exit("peers.py: no peer is installed; see --help")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", metavar="PATH", help="a built examples/bench; without it, it is built")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each side, of which the smallest counts (%(default)s)")
    parser.add_argument("--only", type=lambda s: s.split(","), metavar="NAMES", help="peers or pieces of work, comma separated: "
                        + ", ".join(dict.fromkeys(r.work for r in ROWS)))
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH", help="the Python that has this peer")
    parser.add_argument("--json", metavar="FILE", help="also write the table as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error(f"--repeat: expected a number ≥ 1, found {options.repeat}")
    options.python = dict(p.split("=", 1) for p in options.python if "=" in p or parser.error(f"--python: expected NAME=PATH, found {p}"))
    for name in options.python:
        if name not in MODULES:
            parser.error(f"--python: expected one of {', '.join(MODULES)}, found {name}")
    for name in options.only or []:
        if name not in MODULES and name not in {r.work for r in ROWS}:
            parser.error(f"--only: expected peers or pieces of work, found {name}; see --help")
    return options


def build(folder):
    """The bench, built."""
    path = os.path.join(folder, "bench")
    if shutil.which("go") is None:
        sys.exit("peers.py: Go is not installed; give --bench")
    subprocess.run(["go", "build", "-o", path, "./examples/bench"], cwd=ROOT, check=True)
    return path


def installed(pythons, peer):
    """Whether the peer's Python has it."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({MODULES[peer]!r}) is None)"
    return subprocess.run([pythons.get(peer, sys.executable), "-c", code], capture_output=True).returncode == 0


def compare(rows, bench, options, folder):
    """Measure the rows of one piece of work, the peer and ours by turns."""
    os.mkdir(folder)
    python = options.python.get(rows[0].peer, sys.executable)
    with Process([python, os.path.join(HERE, "peer_worker.py"), rows[0].work, folder]) as peer:
        work = peer.read()
        network = [bench, *work["flags"], "-network", folder]
        check = differences(network, work)
        return [measure(row, peer, work, network, options.repeat) | check for row in rows]


def measure(row, peer, work, network, repeat):
    """One row of the table."""
    learned = "none" if row.kind == "forward" else work["learned"]
    with Process([*network, "-learned", learned, "-steps", str(work["steps"][row.kind]), "-ask"]) as ours:
        ours.read()
        times = [(peer.ask(row.kind), ours.ask(row.kind)) for _ in range(repeat)]
    theirs, mine = (min(t) for t in zip(*times))
    return dict(
        work=row.title, kind=row.kind, dtype=row.dtype, peer=work["version"], note=work["note"], peer_us=theirs, our_us=mine,
        ratio=theirs / mine, wanted=row.wanted, met=row.wanted is None or theirs / mine >= row.wanted)


def differences(network, work):
    """How far a state after 100 steps and the gradient are from the peer's, relative to the largest."""
    found = dict(state_difference=None, gradient_difference=None)
    quiet = ["-noise", "0", "-repeat", "1", "-fresh", "0", "-final"]
    if work["state"]:
        mine = run([*network, *quiet, "-learned", "none", "-steps", str(work["check_step"])])["final"]
        found["state_difference"] = relative(mine, work["state"])
    if work["sums"]:
        steps = work["steps"].get("gradient", work["steps"].get("update"))
        mine = run([*network, *quiet, "-learned", work["learned"], "-steps", str(steps)])
        names = list(work["sums"])
        found["gradient_difference"] = relative([mine["gradient_sums"][n] for n in names], [work["sums"][n] for n in names])
        found["loss_difference"] = relative([mine["loss"]], [work["loss"]])
    return found


def run(command):
    """The single line of JSON that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    return json.loads(done.stdout)


def relative(a, b):
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) / max(map(abs, b))


KINDS = dict(forward="forward", gradient="value and gradient", update="Adam update")


def markdown(results):
    lines = ["| network | what | numbers | peer | peer, µs/step | Euryale, µs/step | ratio |", "|---|---|---|---|---|---|---|"]
    for r in results:
        times = f"{r['peer_us']:.2f} | {r['our_us']:.2f} | {r['ratio']:.1f}"
        lines.append(f"| {r['work']} | {KINDS[r['kind']]} | {r['dtype']} | {r['peer']} | {times} |")
    return "\n".join(lines)


def table(results):
    """Aligned columns."""
    head = ["work", "", "dtype", "peer", "peer µs/step", "ours", "ratio", "wanted", "met", "state", "gradient"]
    lines = [head]
    for r in results:
        small = lambda x: "" if x is None else f"{x:.0e}"
        wanted, met = ("", "") if r["wanted"] is None else (f"{r['wanted']:g}", "yes" if r["met"] else "NO")
        lines.append([r["work"], r["kind"], r["dtype"], r["peer"], f"{r['peer_us']:.2f}", f"{r['our_us']:.2f}", f"{r['ratio']:.2f}",
                      wanted, met, small(r["state_difference"]), small(r["gradient_difference"])])
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    right = range(4, 8)
    return "\n".join("  ".join(c.rjust(w) if k in right else c.ljust(w) for k, (c, w) in enumerate(zip(line, widths))).rstrip() for line in lines)


if __name__ == "__main__":
    main()
