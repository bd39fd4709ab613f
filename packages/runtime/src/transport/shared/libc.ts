import { createRequire } from "node:module";

/** What the lane takes from the C library. Addresses are BigInt; results are as in C, -1 for an error. */
export interface Libc {
  readonly pageBytes: number;
  mmap(
    address: bigint,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): bigint;
  munmap(address: bigint, length: number): void;
  /** Reserves the space of a file: 0, or an error number. Writing to memory that has none kills the process. */
  posix_fallocate(fd: number, offset: number, length: number): number;
  /** Copies from the memory of another process; the vectors are pairs of address and length. */
  process_vm_readv(
    pid: number,
    local: BigUint64Array,
    locals: number,
    remote: BigUint64Array,
    remotes: number,
    flags: number,
  ): number;
  /** Sleeps while the word holds `expected`, for at most this long. */
  futexWait(word: bigint, expected: number, nanoseconds: number): void;
  /** Wakes one that sleeps on the word, or all. */
  futexWake(word: bigint): void;
  futexWakeAll(word: bigint): void;
  /** Lets others run who want the core. */
  sched_yield(): void;
  /** Memory that no garbage collection may touch. Called once for each mapping. */
  view(address: bigint, length: number): ArrayBuffer;
  /** Where an array's memory is. Memory of more than a kilobyte stays there. */
  addressOf(bytes: Uint8Array): bigint;
}

interface Koffi {
  load(path: null): { func(declaration: string): (...values: unknown[]) => unknown };
  view(address: bigint, length: number): ArrayBuffer;
  address(bytes: Uint8Array): bigint;
}

/** Number of the system call futex. */
const FUTEX: Readonly<Record<string, number>> = { x64: 202, arm64: 98 };
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const ALL = 2 ** 31 - 1;

let libc: Libc | undefined;

/** Loads koffi. Throws where there is none, or the machine is not one that we know. */
export function loadLibc(): Libc {
  return (libc ??= load());
}

function load(): Libc {
  const futexNumber = process.platform === "linux" ? FUTEX[process.arch] : undefined;
  if (futexNumber === undefined)
    throw new Error(`nobody has tried it on ${process.platform} ${process.arch}`);
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const library = koffi.load(null);
  const define = <F>(declaration: string) => library.func(declaration) as F;
  const futex = define<
    (n: number, word: bigint, op: number, value: number, time: unknown, b: null, c: number) => number
  >(
    "long syscall(long number, uintptr_t word, long operation, long value, void *time, void *word2, long value3)",
  );
  const time = new BigInt64Array(2);
  try {
    keepFreedMemory(define("int mallopt(int parameter, int value)"));
  } catch {
    // Not glibc: its allocator is left as it is.
  }
  return {
    pageBytes: define<() => number>("int getpagesize()")(),
    mmap: wide(
      define(
        "int64_t mmap(uintptr_t address, size_t length, int protection, int flags, int fd, int64_t offset)",
      ),
    ),
    munmap: define("int munmap(uintptr_t address, size_t length)"),
    posix_fallocate: define("int posix_fallocate(int fd, int64_t offset, int64_t length)"),
    process_vm_readv: define(
      "long process_vm_readv(int pid, void *local, unsigned long locals, void *remote, unsigned long remotes, unsigned long flags)",
    ),
    futexWait(word, expected, nanoseconds) {
      time[1] = BigInt(Math.trunc(nanoseconds));
      futex(futexNumber, word, FUTEX_WAIT, expected, time, null, 0);
    },
    sched_yield: define("int sched_yield()"),
    futexWake: (word) => void futex(futexNumber, word, FUTEX_WAKE, 1, null, null, 0),
    futexWakeAll: (word) => void futex(futexNumber, word, FUTEX_WAKE, ALL, null, null, 0),
    view: (address, length) => koffi.view(address, length),
    addressOf: (bytes) => koffi.address(bytes),
  };
}

/** Names of parameters of glibc's allocator. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const KEPT_BYTES = 256 * 2 ** 20;
const LARGEST_KEPT_BYTES = 32 * 2 ** 20;

/**
 * Messages get memory of their own, which the garbage collector frees in large lots. Without this, glibc gives
 * those back to the system at once, and every page of every message is a page fault.
 */
function keepFreedMemory(mallopt: (parameter: number, value: number) => number): void {
  mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES);
  mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

/** koffi gives small 64-bit numbers as Number. */
function wide<A extends unknown[]>(call: (...values: A) => number | bigint): (...values: A) => bigint {
  return (...values) => BigInt(call(...values));
}
