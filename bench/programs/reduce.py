# The same as reduce.js in mpi4py.
from mpi4py import MPI

total = MPI.COMM_WORLD.reduce(MPI.COMM_WORLD.rank)
if total is not None:
    print(total)
