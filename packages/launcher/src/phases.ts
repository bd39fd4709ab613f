import type { CrewEvent } from "./agent/crew.js";
import type { Reporter } from "./options.js";

/** Tells a person who asked for it when a job reached which phase. */
export interface PhaseTimes {
  note(event: CrewEvent): void;
  /** Since the start. */
  seconds(): number;
  /** Returns the seconds since the start. */
  end(): number;
}

/** Starts the clock of a job with `size` ranks. */
export function phaseTimes(size: number, reporter: Reporter): PhaseTimes {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1e3;
  const say = (what: string) => reporter.detail(`${seconds().toFixed(3)} s: ${what}`);
  let hellos = 0;
  let exits = 0;
  let spawned = 0;
  return {
    note(event) {
      if (event.type === "spawned") {
        spawned += event.ranks;
        say(`${spawned} of ${size} ranks started`);
      }
      if (event.type === "hello" && ++hellos === 1) say(`rank ${event.rank} is the first to communicate`);
      if (event.type === "hello" && hellos === size) say("all ranks communicate");
      if (event.type === "exited" && ++exits === 1) say(`rank ${event.exit.rank} is the first to end`);
      if (event.type === "empty") say("no rank is left");
    },
    seconds,
    end() {
      say("end");
      return seconds();
    },
  };
}
