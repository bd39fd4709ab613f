/** The name `performance` is a getter, which at each use takes longer than to read the clock. */
const clock = performance;

/** Milliseconds since the process began. */
export function milliseconds(): number {
  return clock.now();
}
