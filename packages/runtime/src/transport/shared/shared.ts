import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { Attention } from "./attention.js";
import { CHUTE_BYTES, ChuteReader, ChuteWriter } from "./chute.js";
import { Fetcher } from "./fetch.js";
import { Greeting, writeGreeting, type Offer } from "./greeting.js";
import { Inbound, type Taker } from "./inbound.js";
import { loadLibc, type Libc } from "./libc.js";
import { Mailbox } from "./mailbox.js";
import { makeFile, mapFile } from "./mapping.js";
import { Offers } from "./offers.js";
import { Outbound } from "./outbound.js";
import { RingReader, RingWriter } from "./ring.js";

export interface SharedOptions {
  readonly rank: number;
  /** Where files in memory are made: the job's directory. */
  readonly directory: string;
  /** Number of ranks of this host. */
  readonly localSize: number;
  /** A rank spins while it waits if there is a core for each. */
  readonly ranksPerCore: number;
  readonly taker: Taker & { look?(): boolean; readonly patient?: boolean };
  /** True while somebody waits for a message. */
  readonly isWanted: () => boolean;
  /** Rings a rank out of its event loop. */
  readonly bell: (rank: number) => void;
}

/** Memory that all rings into one rank may take together, and the sizes that one may have. */
const RINGS_BYTES = 16 * 2 ** 20;
const LARGEST_RING_BYTES = 2 ** 20;
const SMALLEST_RING_BYTES = 2 ** 16;
/** Messages taken before the program has its turn. */
const BATCH = 64;

/**
 * The memory that this rank shares with others of its host: a ring for each direction in which there
 * is traffic, made by its reader, and a page in which the rank says whether it sleeps.
 */
export class Shared {
  readonly #options: SharedOptions;
  readonly #libc: Libc;
  readonly #fetcher: Fetcher;
  readonly #inbound: Inbound[] = [];
  /** Those that have something left to pass on. */
  #passing: Outbound[] = [];
  #mailbox: Mailbox | undefined;
  #attention: Attention | undefined;
  /** Memory that others read to find out whether they can. */
  #word: Uint8Array | undefined;

  /** Throws where memory cannot be shared. */
  constructor(options: SharedOptions) {
    this.#options = options;
    this.#libc = loadLibc();
    this.#fetcher = new Fetcher(this.#libc);
  }

  /** Waits for what comes through memory; undefined before the first ring. */
  get attention(): Attention | undefined {
    return this.#attention;
  }

  get libc(): Libc {
    return this.#libc;
  }

  get fetcher(): Fetcher {
    return this.#fetcher;
  }

  /** Where other ranks read to find out whether they can, and what they find. */
  get landmark(): { readonly address: bigint; readonly word: number } {
    this.#word ??= Buffer.allocUnsafeSlow(4096).fill(crypto.getRandomValues(new Uint8Array(8)));
    return {
      address: this.#libc.addressOf(this.#word),
      word: Buffer.from(this.#word.buffer).readUInt32LE(0),
    };
  }

  /** From now on this rank can be woken, and looks at memory while it waits. */
  attend(): void {
    this.#attention ??= this.#beginAttention();
  }

  /** Another rank's, which attends. */
  mailboxOf(rank: number): Mailbox {
    const { directory } = this.#options;
    return new Mailbox(this.#libc, mapFile(this.#libc, mailboxPath(directory, rank), this.#libc.pageBytes));
  }

  /** A question to another rank whether it would read from a ring. */
  offer(frames: number): Uint8Array {
    const { rank } = this.#options;
    return writeGreeting({ kind: Greeting.OFFER, rank, frames, pid: process.pid, ...this.landmark });
  }

  /** Makes a ring for messages of the rank that has asked. Throws if there is no room. */
  accept({ rank: from, frames, pid, address, word }: Offer): { inbound: Inbound; answer: Uint8Array } {
    const { rank, directory, taker, isWanted } = this.#options;
    this.attend();
    const path = ringPath(directory, from, rank);
    const start = this.#dataAt;
    makeFile(this.#libc, path, directory, start + this.#ringBytes);
    const mapping = mapFile(this.#libc, path, start);
    const chute = new ChuteReader(mapping, this.#chuteAt, this.#fetcher, pid);
    const inbound = new Inbound(new RingReader(mapping, start), chute, frames, taker, isWanted);
    this.#inbound.push(inbound);
    const kind = this.#fetcher.test(pid, address, word) ? Greeting.READY_TO_FETCH : Greeting.READY;
    return { inbound, answer: writeGreeting({ kind, rank, frames: 0, pid: 0, address: 0n, word: 0 }) };
  }

  /** Opens the ring that another rank has made, and removes its name. */
  open({ rank: to, kind }: Offer): Outbound {
    const { rank, directory, bell } = this.#options;
    const maySpin = this.#maySpin;
    const path = ringPath(directory, rank, to);
    const mapping = mapFile(this.#libc, path, this.#dataAt);
    const ring = new RingWriter(mapping, this.#dataAt);
    const chute = new ChuteWriter(mapping, this.#chuteAt, maySpin);
    const mailbox = this.mailboxOf(to);
    unlinkSync(path);
    const libc = kind === Greeting.READY_TO_FETCH ? this.#libc : undefined;
    return new Outbound(ring, chute, mailbox, () => bell(to), libc, maySpin);
  }

  /** What has been lent is to be passed on while this rank waits. */
  pass(outbound: Outbound): void {
    if (!this.#passing.includes(outbound)) this.#passing.push(outbound);
  }

  #beginAttention(): Attention {
    const { rank, directory, ranksPerCore } = this.#options;
    const { pageBytes } = this.#libc;
    const path = mailboxPath(directory, rank);
    makeFile(this.#libc, path, directory, pageBytes);
    this.#mailbox = new Mailbox(this.#libc, mapFile(this.#libc, path, pageBytes));
    return new Attention(
      this.#look,
      () => this.#options.taker.patient === true,
      this.#mailbox,
      new Offers(this.#libc, ranksPerCore),
      this.#maySpin,
    );
  }

  get #maySpin(): boolean {
    return this.#options.ranksPerCore <= 1;
  }

  readonly #look = (): boolean => {
    if (this.#passing.length > 0) this.#passing = this.#passing.filter((outbound) => outbound.pass());
    let found = this.#options.taker.look?.() ?? false;
    for (const inbound of this.#inbound) {
      for (let taken = 0; taken < BATCH && inbound.take(); taken++) {
        found = true;
        if (!this.#options.isWanted()) return true;
      }
    }
    return found || !this.#options.isWanted();
  };

  get #ringBytes(): number {
    const share = 2 ** Math.floor(Math.log2(RINGS_BYTES / this.#options.localSize));
    return Math.max(SMALLEST_RING_BYTES, this.#libc.pageBytes, Math.min(LARGEST_RING_BYTES, share));
  }

  /** Where in the file the slots of the chute begin; rings that are small have none. */
  get #chuteAt(): number | undefined {
    return this.#ringBytes === LARGEST_RING_BYTES ? this.#libc.pageBytes : undefined;
  }

  /** Where in the file data begin. */
  get #dataAt(): number {
    return this.#libc.pageBytes + (this.#chuteAt === undefined ? 0 : CHUTE_BYTES);
  }
}

/** The ring from one rank to another. */
function ringPath(directory: string, from: number, to: number): string {
  return join(directory, `s${from}-${to}`);
}

function mailboxPath(directory: string, rank: number): string {
  return join(directory, `m${rank}`);
}
