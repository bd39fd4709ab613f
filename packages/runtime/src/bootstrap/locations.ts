/** Where other ranks receive: looked up here first, asked of the agent when they are not there yet. */
export class Locations {
  readonly #waiting = new Map<number, (endpoint: string) => void>();
  #asking: number[] = [];

  /**
   * @param known the endpoint of a rank that can be found without asking
   * @param ask asks the agent; it answers for each rank as soon as that listens
   */
  constructor(
    private readonly known: (rank: number) => string | undefined,
    private readonly ask: (ranks: readonly number[]) => void,
  ) {}

  /** Calls back once, at once if the endpoint is known. Questions of one turn travel together. */
  locate(rank: number, found: (endpoint: string) => void): void {
    const endpoint = this.known(rank);
    if (endpoint !== undefined) {
      found(endpoint);
      return;
    }
    this.#waiting.set(rank, found);
    if (this.#asking.push(rank) === 1) queueMicrotask(() => this.ask(this.#asking.splice(0)));
  }

  /** The agent's answer. */
  learn(endpoints: Readonly<Record<number, string>>): void {
    for (const [key, endpoint] of Object.entries(endpoints)) {
      const found = this.#waiting.get(Number(key));
      this.#waiting.delete(Number(key));
      found?.(endpoint);
    }
  }
}
