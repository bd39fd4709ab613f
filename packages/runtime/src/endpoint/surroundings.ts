/** Where the ranks of the world are. */
export class Surroundings {
  readonly #crowding: () => boolean;
  #crowded: boolean | undefined;

  /**
   * @param hosts host of each rank, as an index; undefined when all are on one
   * @param crowding whether they share cores; asked once, when it matters
   * @param boardsAfter collectives of a communicator after which memory that all its ranks see pays; the same on
   * every rank
   */
  constructor(
    readonly hosts?: readonly number[] | undefined,
    crowding: () => boolean = () => false,
    readonly boardsAfter = Infinity,
  ) {
    this.#crowding = crowding;
  }

  /** All ranks are on one host that has fewer cores. */
  get crowded(): boolean {
    return (this.#crowded ??= this.#crowding());
  }
}
