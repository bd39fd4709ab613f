"""python3 pi-multiprocessing.py leibniz|monte-carlo COUNT RANKS: prints pi, seconds of the kernel, seconds in all."""
import sys
import time
from multiprocessing import Pool
from pi import part, pi, share

if __name__ == "__main__":
    name, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    started = time.perf_counter()
    with Pool(size) as pool:
        parts = pool.starmap(part, [(name, *share(count, rank, size)) for rank in range(size)], chunksize=1)
    total = sum(result for result, _ in parts)
    kernel = max(seconds for _, seconds in parts)
    print(pi(name, total, count), kernel, time.perf_counter() - started)
