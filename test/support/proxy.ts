/** A TCP proxy that a test can make lose data. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Proxy {
  readonly port: number;
  /** Resets every connection that there is; resolves when a new one has been made. */
  cut(): Promise<void>;
  /** Takes the next data of a client, does not pass it on, and resets the connection. Once. */
  swallow(): void;
  close(): void;
}

/** Passes on what comes on its port to another port of this machine. */
export function openProxy(to: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {}); // cut
      socket.once("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    far.pipe(near);
    near.on("data", (data) => {
      if (!swallowing) return void far.write(data);
      swallowing = false;
      cut();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        async cut() {
          const again = once(server, "connection");
          cut();
          await again;
        },
        swallow: () => void (swallowing = true),
        close: () => {
          server.close();
          cut();
        },
      });
    });
  });
}
