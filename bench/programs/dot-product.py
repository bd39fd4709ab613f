# The same as dot-product.js with mpi4py and NumPy: `dot-product.py N numpy|loop`; loop adds up in plain Python.
import json
import sys

import numpy
from mpi4py import MPI

world = MPI.COMM_WORLD
n, kernel = int(sys.argv[1]), sys.argv[2]
edges = [n * rank // world.size for rank in range(world.size + 1)]
counts = [end - begin for begin, end in zip(edges, edges[1:])]
root = world.rank == 0


def dot(a, b):
    if kernel == "numpy":
        return float(numpy.dot(a, b))
    total = 0.0
    for x, y in zip(a.tolist(), b.tolist()):
        total += x * y
    return total


a = numpy.full(n, 0.5) if root else None
b = numpy.full(n, 2.0) if root else None
world.Barrier()
started = MPI.Wtime()
mine_a, mine_b = numpy.empty(counts[world.rank]), numpy.empty(counts[world.rank])
world.Scatterv([a, counts, edges[:-1], MPI.DOUBLE] if root else None, mine_a)
world.Scatterv([b, counts, edges[:-1], MPI.DOUBLE] if root else None, mine_b)
total = world.reduce(dot(mine_a, mine_b))
if root:
    print(json.dumps([total, MPI.Wtime() - started]))
