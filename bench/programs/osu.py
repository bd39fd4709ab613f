# The program of osu.js for mpi4py: `osu.py ROW SIZES BUDGET`. Objects go by pickle, arrays by buffers.
import json
import math
import sys

import numpy
from mpi4py import MPI

WARM_UP = 1  # times the budget: nothing is compiled here
row, sizes, budget = sys.argv[1], json.loads(sys.argv[2]), float(sys.argv[3])
world = MPI.COMM_WORLD
rank, size = world.rank, world.size
half = size >> 1


def make(kind, length):
    if kind == "object":
        return {"id": rank, "text": "x" * length}
    return numpy.full(length // 8, float(rank))


def window_of(length):
    return max(2, min(64, 2**24 // max(1, length)))


def pick(a, b):
    return {"id": a["id"] + b["id"], "text": a["text"]}


def latency(kind, length):
    data = make(kind, length)
    if kind == "object":
        send, receive = world.send, lambda source: world.recv(source=source)
    else:
        into = make(kind, length)
        send, receive = world.Send, lambda source: world.Recv(into, source=source)

    def ping():
        send(data, 1)
        receive(1)

    def pong():
        receive(0)
        send(data, 0)

    return (ping if rank == 0 else pong), 2


def stream(both):
    def prepare(kind, length):
        data, into, count, lower = make(kind, length), make(kind, length), window_of(length), rank < half
        peer = rank + half if lower else rank - half

        def once():
            requests = []
            for _ in range(count):
                if both or not lower:
                    if kind == "object":
                        # mpi4py receives objects into a buffer of 32 KiB unless it is given one
                        requests.append(world.irecv(buf=length + 4096, source=peer, tag=1))
                    else:
                        requests.append(world.Irecv(into, source=peer, tag=1))
                if both or lower:
                    isend = world.isend if kind == "object" else world.Isend
                    requests.append(isend(data, peer, tag=1))
            if kind == "object":
                MPI.Request.waitall(requests)
            else:
                MPI.Request.Waitall(requests)
            if lower:
                world.recv(source=peer, tag=2)
            else:
                world.send(0, dest=peer, tag=2)

        return once, count

    return prepare


def collective(objects, arrays):
    def prepare(kind, length):
        data = make(kind, length)
        if kind == "object":
            every = [data] * size

            def together():
                objects(data, every)

        else:
            into, every, gathered = make(kind, length), make(kind, length * size), make(kind, length * size)

            def together():
                arrays(data, into, every, gathered)

        return together, 1

    return prepare


def at_root(array):
    return array if rank == 0 else None


rows = {
    "osu_latency": latency,
    "osu_bw": stream(False),
    "osu_bibw": stream(True),
    "osu_mbw_mr": stream(False),
    "osu_barrier": lambda kind, length: (world.Barrier, 1),
    "osu_bcast": collective(
        lambda data, every: world.bcast(at_root(data)), lambda data, into, every, gathered: world.Bcast(data)
    ),
    "osu_reduce": collective(
        lambda data, every: world.reduce(data, op=pick),
        lambda data, into, every, gathered: world.Reduce(data, at_root(into)),
    ),
    "osu_allreduce": collective(
        lambda data, every: world.allreduce(data, op=pick),
        lambda data, into, every, gathered: world.Allreduce(data, into),
    ),
    "osu_gather": collective(
        lambda data, every: world.gather(data),
        lambda data, into, every, gathered: world.Gather(data, at_root(gathered)),
    ),
    "osu_scatter": collective(
        lambda data, every: world.scatter(at_root(every)),
        lambda data, into, every, gathered: world.Scatter(at_root(every), into),
    ),
    "osu_allgather": collective(
        lambda data, every: world.allgather(data),
        lambda data, into, every, gathered: world.Allgather(data, gathered),
    ),
    "osu_alltoall": collective(
        lambda data, every: world.alltoall(every),
        lambda data, into, every, gathered: world.Alltoall(every, gathered),
    ),
}


def repeat(prepared, count):
    """Milliseconds of this rank in `count` calls; collectives begin together each time, as in OSU's programs."""
    once, _ = prepared
    together = once.__name__ == "together"
    world.Barrier()
    total = 0.0
    for _ in range(count if together else 1):
        started = MPI.Wtime()
        for _ in range(1 if together else count):
            once()
        total += MPI.Wtime() - started
        if together:
            world.Barrier()
    return total * 1e3


def calibrate(prepared, milliseconds):
    repeat(prepared, 1)
    elapsed = repeat(prepared, 2)
    count = math.ceil(2 * milliseconds / max(elapsed, 0.01))
    return world.bcast(min(2000, max(2, count)))


def measure(kind, length):
    prepared = rows[row](kind, length)
    repeat(prepared, calibrate(prepared, budget / 3))
    count = calibrate(prepared, budget / 2)
    total = world.allreduce(repeat(prepared, count))
    return total / size * 1e3 / count / prepared[1]


kinds = list(sizes)
first = rows[row](kinds[0], sizes[kinds[0]][0])
repeat(first, calibrate(first, WARM_UP * budget))
times = {kind: [measure(kind, length) for length in sizes[kind]] for kind in kinds}
if rank == 0:
    print(json.dumps(times))
