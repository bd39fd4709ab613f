/**
 * Loads yargs without letting it look at process.stdout, whose width it asks for when it is
 * loaded. The first look at process.stdout makes Node put a pipe into non-blocking mode, for
 * everybody who shares it, and our own writes would fail with EAGAIN instead of waiting.
 */
export async function importYargs(): Promise<typeof import("yargs").default> {
  const stdout = Object.getOwnPropertyDescriptor(process, "stdout");
  Object.defineProperty(process, "stdout", { value: {}, configurable: true });
  try {
    return (await import("yargs")).default;
  } finally {
    if (stdout !== undefined) Object.defineProperty(process, "stdout", stdout);
  }
}
