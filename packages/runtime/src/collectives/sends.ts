/** Waits until the memory of all these sends is free. */
export async function awaitAll(sends: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const send of sends) if (send !== undefined) await send;
}
