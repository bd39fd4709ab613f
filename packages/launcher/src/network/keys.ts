import { generateKeyPairSync } from "node:crypto";
import { encodeZ85, type Keys } from "@tsmpi/protocol";

/** A new CURVE key pair, without loading ZeroMQ for it: CURVE's keys are those of X25519. */
export function newKeys(): Keys {
  const { x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  return { publicKey: z85(x!), secretKey: z85(d!) };
}

function z85(base64: string): string {
  return encodeZ85(Buffer.from(base64, "base64url"));
}
