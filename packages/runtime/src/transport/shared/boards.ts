import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Board, BoardMaker, BoardMembers } from "../../board.js";
import type { Attention } from "./attention.js";
import { SharedBoard } from "./board.js";
import { MOST_COUNTED } from "./counter.js";
import type { Mailbox } from "./mailbox.js";
import { makeFile, mapFile } from "./mapping.js";
import type { Shared } from "./shared.js";
import { Sheets } from "./sheets.js";
import { Stages } from "./stage.js";

export interface BoardsOptions {
  /** Throws where memory cannot be shared. */
  readonly shared: () => Shared;
  /** From now on this rank can be woken. */
  readonly attend: () => void;
  /** The job's directory. */
  readonly directory: string;
  /** That of a rank that can be woken. */
  readonly attention: () => Attention;
  /** Wakes a rank out of its event loop. */
  readonly ring: (worldRank: number) => void;
  /** Number of cores that ranks of this host may have. */
  readonly cores: () => number;
  readonly declined: ((reason: Error) => void) | undefined;
}

/** What a rank offers: whether it can, its process, and a word in its memory that others should be able to read, and the cores it sees. */
const CAN = 0;
const PROCESS = 1;
const ADDRESS = 2;
const WORD = 3;
const CORES = 4;
const OFFER_LENGTH = 5;

/** Makes boards in memory of the host. */
export class SharedBoards implements BoardMaker {
  readonly #options: BoardsOptions;
  /** Of ranks that had to be woken, by world rank. */
  readonly #mailboxes: (Mailbox | undefined)[] = [];

  constructor(options: BoardsOptions) {
    this.#options = options;
  }

  offer(name: string, size: number, makes: boolean): Float64Array {
    const offer = new Float64Array(OFFER_LENGTH);
    try {
      if (size > MOST_COUNTED) return offer;
      const { directory, attend } = this.#options;
      const shared = this.#options.shared();
      attend();
      if (makes) makeFile(shared.libc, join(directory, name), directory, new Sheets(size).bytes);
      const { address, word } = shared.landmark;
      offer[PROCESS] = process.pid;
      offer[ADDRESS] = Number(address);
      offer[WORD] = word;
      offer[CORES] = this.#options.cores();
      offer[CAN] = 1;
    } catch (error) {
      this.#options.declined?.(error as Error); // collectives stay messages
    }
    return offer;
  }

  join(name: string, members: BoardMembers): Board | undefined {
    if (members.offers.some((offer) => offer[CAN] !== 1)) return undefined;
    try {
      return this.#open(name, members);
    } catch (error) {
      this.#options.declined?.(error as Error);
      return undefined;
    }
  }

  conclude(name: string): void {
    rmSync(join(this.#options.directory, name), { force: true });
  }

  #open(name: string, { rank, worldRanks, offers, first }: BoardMembers): Board {
    const { shared, directory } = this.#options;
    const { libc, fetcher } = shared();
    for (const offer of offers) {
      if (!fetcher.test(offer[PROCESS]!, BigInt(offer[ADDRESS]!), offer[WORD]!))
        throw new Error("the memory of other ranks cannot be read");
    }
    const size = worldRanks.length;
    const sheets = new Sheets(size);
    const path = (rank: number) => join(directory, `${name}-${rank}`);
    return new SharedBoard({
      libc,
      fetcher,
      mapping: mapFile(libc, join(directory, name), sheets.bytes),
      sheets,
      stages: new Stages({ libc, directory, path, size, rank }),
      rank,
      pids: offers.map((offer) => offer[PROCESS]!),
      cores: Math.min(...offers.map((offer) => offer[CORES]!)),
      first,
      attention: this.#options.attention(),
      wake: (index) => this.#wake(worldRanks[index]!),
    });
  }

  #wake(worldRank: number): void {
    const mailbox = (this.#mailboxes[worldRank] ??= this.#options.shared().mailboxOf(worldRank));
    if (mailbox.wake()) this.#options.ring(worldRank);
  }
}
