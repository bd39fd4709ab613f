/**
 * Loads the shipped library, which is one script, with V8's code for it if another rank of this job has
 * left some: compiling takes 4 of the 30 ms of CPU that a small rank costs on Node 24.
 *
 * The first rank of a host writes its code into the job directory once its program has come to its first
 * wait, so that what it has used by then is compiled, too. The directory belongs to this user alone; V8
 * refuses code made by another version or for another text.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script, constants } from "node:vm";
import { readRankEnvironment } from "@tsmpi/protocol";

/** With fewer ranks on a host, writing the code costs more than reading it saves. */
const RANKS_WORTH_IT = 12;
const CODE_FILE = "code";

/** What the script exports. */
export function loadLibrary(url: URL): Record<string, unknown> {
  const source = `(function(require,module,exports,ownUrl){${readFileSync(url, "utf8")}\n})`;
  const rank = readRankEnvironment(process.env);
  const worthIt = rank !== undefined && rank.localSize >= RANKS_WORTH_IT;
  const path = worthIt ? join(rank.jobDirectory, CODE_FILE) : undefined;
  const cachedData = path === undefined ? undefined : read(path);
  const script = new Script(source, {
    filename: url.href,
    ...(cachedData === undefined ? {} : { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} as Record<string, unknown> };
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run(createRequire(url), module, module.exports, url.href);
  if (path !== undefined && cachedData === undefined && rank?.localRank === 0)
    setImmediate(() => write(path, script));
  return module.exports;
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Whoever reads sees all of it or nothing. */
function write(path: string, script: Script): void {
  try {
    writeFileSync(`${path}-new`, script.createCachedData(), { flag: "wx", mode: 0o600 });
    renameSync(`${path}-new`, path);
  } catch {
    // The others compile for themselves.
  }
}
