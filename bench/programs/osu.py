# The program of osu.js for mpi4py: `osu.py PLAN`. Objects go by pickle, arrays by buffers.
import json
import math
import sys

import numpy
from mpi4py import MPI

BATCHES = 5
MOST_CALLS = 50_000  # in a batch, unless the plan says more
LEAST_CALLS = 8  # to warm up
plan = json.loads(sys.argv[1])
world = MPI.COMM_WORLD
rank, size = world.rank, world.size
half = size >> 1


def make(kind, length):
    if kind == "object":
        return {"a": 1} if length <= 8 else {"a": 1, "text": "x" * length}
    return numpy.full(length // 8, float(rank))


def window_of(length):
    return max(2, min(64, 2**24 // max(1, length)))


def add(a, b):
    return {**a, "a": a["a"] + b["a"]}


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


def collective(objects, arrays, all_sent=False, all_received=False):
    """`all_sent` and `all_received` say whether arrays hold an item for every rank, which is memory."""

    def prepare(kind, length):
        data = make(kind, length)
        if kind == "object":
            every = [data] * size

            def together():
                objects(data, every)

        else:
            into = make(kind, length)
            every = make(kind, length * size) if all_sent else None
            gathered = make(kind, length * size) if all_received else None

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
        lambda data, every: world.reduce(data, op=add),
        lambda data, into, every, gathered: world.Reduce(data, at_root(into)),
    ),
    "osu_allreduce": collective(
        lambda data, every: world.allreduce(data, op=add),
        lambda data, into, every, gathered: world.Allreduce(data, into),
    ),
    "osu_gather": collective(
        lambda data, every: world.gather(data),
        lambda data, into, every, gathered: world.Gather(data, at_root(gathered)),
        all_received=rank == 0,
    ),
    "osu_scatter": collective(
        lambda data, every: world.scatter(at_root(every)),
        lambda data, into, every, gathered: world.Scatter(at_root(every), into),
        all_sent=rank == 0,
    ),
    "osu_allgather": collective(
        lambda data, every: world.allgather(data),
        lambda data, into, every, gathered: world.Allgather(data, gathered),
        all_received=True,
    ),
    "osu_alltoall": collective(
        lambda data, every: world.alltoall(every),
        lambda data, into, every, gathered: world.Alltoall(every, gathered),
        all_sent=True,
        all_received=True,
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


def batch(prepared, count):
    """One batch of calls: microseconds of a message, the mean over the ranks; and the milliseconds all of it took."""
    started = MPI.Wtime()
    total = world.allreduce(repeat(prepared, count))
    return total / size * 1e3 / count / prepared[1], (MPI.Wtime() - started) * 1e3


def warm(prepared, time):
    """Batches of growing size until the time is up and the calls are as many as it takes until memory has been used
    before. Rank 0 decides for all; returns the milliseconds of a call."""
    count, calls, spent = 1, 0, 0.0
    while True:
        _, wall = batch(prepared, count)
        calls += count
        spent += wall
        following = max(1, math.ceil(min(4 * count, (time - spent) * count / wall)))
        goes_on = spent < time or calls < LEAST_CALLS
        more, each = world.bcast((following if goes_on else 0, wall / count))
        if more == 0:
            return each
        count = more


def measure(prepared, time):
    """The times of the batches, in order; few when a single call takes longer than is meant for all."""
    each = warm(prepared, plan["sizeWarmUp"])
    count = min(plan.get("mostCalls", MOST_CALLS), math.ceil(time / BATCHES / each))
    times, spent, more = [], 0.0, True
    while more:
        microseconds, wall = batch(prepared, count)
        times.append(microseconds)
        spent += wall
        more = world.bcast(len(times) < BATCHES and spent < 2 * time)
    return times


results = {}
for index, part in enumerate(plan["rows"]):
    row = results[part["row"]] = {}
    for kind, lengths in part["sizes"].items():
        row[kind] = []
        for i, length in enumerate(lengths):
            prepared = rows[part["row"]](kind, length)
            if i == 0:
                warm(prepared, (3 if index == 0 else 1) * plan["warmUp"])
            row[kind].append(measure(prepared, plan["milliseconds"]))
if rank == 0:
    print(json.dumps(results))
