import { milliseconds } from "../clock.js";
/** Operations that were over at once before it is looked at the clock. */
const EVERY = 16;
const TURN_MS = 1;

let operations = 0;
let turnBegan = milliseconds();

/**
 * A value as a promise. Operations that are over at once would keep timers and sockets waiting for as long as there are
 * some: so once in a millisecond the promise is kept in the next turn of the event loop.
 */
export function inTurn<T>(value: T): Promise<T> {
  if (++operations % EVERY !== 0 || milliseconds() - turnBegan < TURN_MS) return Promise.resolve(value);
  return new Promise((resolve) => {
    setImmediate(() => {
      turnBegan = milliseconds();
      resolve(value);
    });
  });
}
