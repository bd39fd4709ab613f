import { connect, type Socket } from "node:net";

/**
 * Tries addresses side by side; resolves to the first where somebody listens on the port, or to
 * undefined when none answers within `milliseconds`.
 */
export function firstReachable(
  addresses: readonly string[],
  port: number,
  milliseconds: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const attempts = new Set<Socket>();
    const settle = (address: string | undefined) => {
      clearTimeout(timer);
      for (const attempt of attempts) attempt.destroy();
      resolve(address);
    };
    const timer = setTimeout(() => settle(undefined), milliseconds);
    for (const address of addresses) {
      const attempt = connect({ host: address, port });
      attempts.add(attempt);
      attempt.once("connect", () => settle(address));
      attempt.on("error", () => {
        attempts.delete(attempt);
        if (attempts.size === 0) settle(undefined);
      });
    }
    if (addresses.length === 0) settle(undefined);
  });
}
