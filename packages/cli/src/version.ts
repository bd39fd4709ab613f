import { readFileSync } from "node:fs";

/** The version of the installed package; the bundle lies one folder below its package.json. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
