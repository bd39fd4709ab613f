/** Keys as text: five characters for four bytes, big-endian (ZeroMQ RFC 32). */

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** @param bytes a multiple of four of them */
export function encodeZ85(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const word = view.getUint32(at);
    for (let power = 85 ** 4; power >= 1; power /= 85) text += DIGITS[Math.floor(word / power) % 85]!;
  }
  return text;
}

/** @param text what `encodeZ85` has made */
export function decodeZ85(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at * 5 < text.length; at++) {
    let word = 0;
    for (const digit of text.slice(at * 5, at * 5 + 5)) word = word * 85 + DIGITS.indexOf(digit);
    view.setUint32(at * 4, word);
  }
  return bytes;
}
