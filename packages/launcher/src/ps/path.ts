import { join } from "node:path";

/** The Unix socket on which a launcher tells how its job is. */
export function observerPath(directory: string): string {
  return join(directory, "ps");
}
