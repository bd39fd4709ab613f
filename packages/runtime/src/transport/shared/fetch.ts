import type { Libc } from "./libc.js";

/** Copies memory of other processes of this host and user. */
export class Fetcher {
  readonly #libc: Libc;
  readonly #local = new BigUint64Array(2);
  readonly #remote = new BigUint64Array(2);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Fills `into` with what lies at an address of a process; false if it cannot be read. */
  fetch(pid: number, address: bigint, into: Uint8Array): boolean {
    const start = this.#libc.addressOf(into);
    for (let done = 0; done < into.byteLength;) {
      this.#local[0] = start + BigInt(done);
      this.#remote[0] = address + BigInt(done);
      this.#local[1] = this.#remote[1] = BigInt(into.byteLength - done);
      const got = this.#libc.process_vm_readv(pid, this.#local, 1, this.#remote, 1, 0);
      if (got <= 0) return false;
      done += got;
    }
    return true;
  }

  /** Whether memory of that process can be read: a word in it is known. */
  test(pid: number, address: bigint, word: number): boolean {
    const bytes = Buffer.allocUnsafeSlow(4096); // an array of a few bytes may move
    return this.fetch(pid, address, bytes.subarray(0, 4)) && bytes.readUInt32LE(0) === word;
  }
}
