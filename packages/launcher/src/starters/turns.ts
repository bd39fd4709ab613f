/** So many at once, first come, first served. */
export interface Turns {
  /** Resolves when it is one's turn, with the function that ends it (once; later calls do nothing). */
  take(): Promise<() => void>;
}

/** Turns for so many at once; Infinity: nobody waits. */
export function turns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  const pass = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async take() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let mine = true;
      return () => {
        if (mine) pass();
        mine = false;
      };
    },
  };
}
