"""mpirun -n RANKS python3 pi-mpi4py.py leibniz|monte-carlo COUNT: prints pi, seconds of the kernel, seconds in all."""
import sys
import time
from mpi4py import MPI
from pi import part, pi, share

world = MPI.COMM_WORLD
name, count = sys.argv[1], int(sys.argv[2])

started = time.perf_counter()
shares = [share(count, rank, world.size) for rank in range(world.size)] if world.rank == 0 else None
begin, end = world.scatter(shares)
result, kernel = part(name, begin, end)
total = world.reduce(result)
slowest = world.reduce(kernel, MPI.MAX)
if world.rank == 0:
    print(pi(name, total, count), slowest, time.perf_counter() - started)
