let identity: string | undefined;

/**
 * What tells this host from others. The name alone does not (clusters are cloned), nor does the
 * kernel's boot id alone (containers share a kernel): so also where shared memory lives.
 */
export function hostIdentity(): string {
  return (identity ??= [hostname(), bootId(), sharedMemory()].join(" "));
}

function hostname(): string {
  return process.getBuiltinModule("node:os").hostname();
}

function bootId(): string {
  return attempt(() =>
    process.getBuiltinModule("node:fs").readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  );
}

/** Number of the device behind /dev/shm: another one in every container that does not share it. */
function sharedMemory(): string {
  return attempt(() => String(process.getBuiltinModule("node:fs").statSync("/dev/shm").dev));
}

/** Not every system has these files. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
