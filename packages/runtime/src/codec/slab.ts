const SLAB_BYTES = 262_144;

/**
 * Memory for encodings: a piece of a large buffer costs less than a buffer. A piece is the encoding's own for good,
 * unless it is given back before the next is taken.
 */
export class Slab {
  #buffer = Buffer.alloc(0);
  #doubles = new Float64Array(0);
  #used = 0;
  #turn = 0;

  /** The buffer in which so many bytes, at most 2^30, are free from `used` on, which is a multiple of 8. */
  room(bytes: number): Buffer {
    this.#turn++;
    if (this.#used + bytes > this.#buffer.byteLength) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (bytes + 7) & ~7));
      this.#doubles = new Float64Array(this.#buffer.buffer);
      this.#used = 0;
    }
    return this.#buffer;
  }

  get used(): number {
    return this.#used;
  }

  /** Changes whenever somebody is given room: what another has written there and not taken is no longer there. */
  get turn(): number {
    return this.#turn;
  }

  /** Takes the next bytes, which `room` has said are there. */
  take(bytes: number): Buffer {
    const begin = this.#used;
    this.#used = (begin + bytes + 7) & ~7;
    return this.#buffer.subarray(begin, begin + bytes);
  }

  /** A number in eight bytes. */
  double(value: number): Buffer {
    this.room(8);
    this.#doubles[this.#used >> 3] = value;
    return this.take(8);
  }

  /** Nobody needs these bytes any more: if they were the last ones taken, they will be taken again. */
  giveBack(bytes: Uint8Array): void {
    if (bytes.buffer !== this.#buffer.buffer) return;
    const { byteOffset, byteLength } = bytes;
    if (((byteOffset + byteLength + 7) & ~7) === this.#used) this.#used = byteOffset;
  }
}

/** That of this process's encodings. */
export const slab = new Slab();
