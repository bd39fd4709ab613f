"""What examples/pi.ts and examples/monte-carlo-pi.ts compute, in plain Python.

Used by pi-mpi4py.py and pi-multiprocessing.py. `part` does one rank's piece and says how long it took.
"""
import random
import time


def leibniz(begin, end):
    total = 0.0
    for k in range(4 * end - 3, 4 * begin, -4):
        total += 2 / (k * (k + 2))
    return total


def darts(begin, end):
    uniform = random.Random(begin).random  # written in C, quicker than xoshiro128+ in Python
    inside = 0
    for _ in range(end - begin):
        x = uniform()
        y = uniform()
        inside += x * x + y * y < 1
    return inside


KERNELS = {"leibniz": leibniz, "monte-carlo": darts}


def part(name, begin, end):
    started = time.perf_counter()
    result = KERNELS[name](begin, end)
    return result, time.perf_counter() - started


def share(count, rank, size):
    return count * rank // size, count * (rank + 1) // size


def pi(name, total, count):
    return 4 * total + 2 / (4 * count + 1) if name == "leibniz" else 4 * total / count
