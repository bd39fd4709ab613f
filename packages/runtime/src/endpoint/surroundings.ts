/** Where the ranks of the world are. */
export class Surroundings {
  readonly #crowding: () => boolean;
  #crowded: boolean | undefined;

  /**
   * @param hosts host of each rank, as an index; undefined when all are on one
   * @param crowding whether they share cores; asked once, when it matters
   */
  constructor(
    readonly hosts?: readonly number[] | undefined,
    crowding: () => boolean = () => false,
  ) {
    this.#crowding = crowding;
  }

  /** All ranks are on one host that has fewer cores. */
  get crowded(): boolean {
    return (this.#crowded ??= this.#crowding());
  }
}
