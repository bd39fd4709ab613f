import { closeSync, constants, fstatSync, ftruncateSync, openSync, statfsSync, unlinkSync } from "node:fs";
import type { Libc } from "./libc.js";

const READ_WRITE = 3;
const NO_ACCESS = 0;
const SHARED = 1;
const PRIVATE_ANONYMOUS = 0x22;
const FIXED = 0x10;
/** Magic number of tmpfs, from statfs(2). */
const TMPFS = 0x01021994;
/** What a job leaves to others of a memory file system, beside the file that it makes. */
const SPARE_BYTES = 16 * 2 ** 20;

/** Memory of a file, and its address. */
export interface Mapping {
  readonly memory: ArrayBuffer;
  readonly address: bigint;
}

/**
 * Makes a file of `length` bytes in memory. Throws if the directory is not in memory, has no room, or
 * has such a file.
 */
export function makeFile(libc: Libc, path: string, directory: string, length: number): void {
  const { type, bavail, bsize } = statfsSync(directory);
  if (type !== TMPFS) {
    throw new Error(
      `${directory} is not in memory: set TMPDIR to a directory that is and has room, such as /dev/shm`,
    );
  }
  const free = bavail * bsize;
  if (free < length + SPARE_BYTES) throw new Error(`${directory} has no room: ${free >> 10} KiB free`);
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    ftruncateSync(fd, length);
    if (libc.posix_fallocate(fd, 0, length) !== 0) throw new Error(`${directory} has no room`);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * Maps a file whole. What follows its first `once` bytes is there twice, one behind the other: what
 * runs over the end goes on at the beginning, and a record is never in two pieces.
 */
export function mapFile(libc: Libc, path: string, once: number): Mapping {
  const fd = openSync(path, constants.O_RDWR);
  try {
    const whole = fstatSync(fd).size;
    const again = whole - once;
    const length = whole + again;
    const address = check(libc.mmap(0n, length, NO_ACCESS, PRIVATE_ANONYMOUS, -1, 0));
    check(libc.mmap(address, whole, READ_WRITE, SHARED | FIXED, fd, 0));
    if (again > 0) check(libc.mmap(address + BigInt(whole), again, READ_WRITE, SHARED | FIXED, fd, once));
    return { memory: libc.view(address, length), address };
  } finally {
    closeSync(fd);
  }
}

function check(address: bigint): bigint {
  if (address === -1n || address === 0xffff_ffff_ffff_ffffn) throw new Error("mmap failed");
  return address;
}
