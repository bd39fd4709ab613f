import { closeSync, openSync, read, readSync } from "node:fs";

/**
 * The gate in front of the end of a job: a named pipe that the agent keeps open until every rank
 * has nothing left to do.
 */
export class Gate {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens the gate's outer side; undefined if there is none. The agent must hold the inner side. */
  static open(path: string): Gate | undefined {
    try {
      return new Gate(openSync(path, "r"));
    } catch {
      return undefined;
    }
  }

  /** As `passed`, but blocks. */
  pass(): void {
    readSync(this.#fd, Buffer.allocUnsafe(1), 0, 1, null);
  }

  /** Resolves when the agent opens the gate, or has gone. Keeps the process alive. */
  passed(): Promise<void> {
    return new Promise((resolve) => {
      read(this.#fd, Buffer.allocUnsafe(1), 0, 1, null, () => {
        closeSync(this.#fd);
        resolve();
      });
    });
  }
}
