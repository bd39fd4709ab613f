import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { isPiece, piecePacket, readPiece } from "./piece.js";
import { awaitAll } from "./sends.js";
import { binomialTree, nodeOf, rankOf, type TreeNode } from "./tree.js";

/**
 * Scatter and ring (van de Geijn): the value is cut into N pieces; down the binomial tree every rank
 * gets those of its subtree, then pieces go round a ring, each rank being sent what it has not got.
 * Ranks learn from the packet of their parent in the tree that the root has chosen this.
 *
 * Rounds: at most ceil(log2 N) + N - 1. Messages: (N - 1) for the tree, and N less the size of its
 * subtree to every rank but the root. Bytes to a rank: the payload once, and 24 for the header; from a
 * rank: at most the payload twice.
 *
 * @param first at the root its value, elsewhere what came from the parent
 * @param tree this rank's place in the tree
 * @returns the value in memory of its own; at the root what it passed
 */
export async function scatterBcast(
  channel: Channel,
  first: Packet,
  root: number,
  { parent, children, end }: TreeNode,
): Promise<Packet> {
  const { rank, size } = channel;
  const node = nodeOf(rank, root, size);
  const mine = isPiece(first) && parent !== undefined ? readPiece(first) : undefined;
  const format = mine?.format ?? first.format;
  const wholeBytes = mine?.wholeBytes ?? first.bytes.byteLength;
  const begin = (piece: number) => Math.floor((piece * wholeBytes) / size);
  const held = mine?.bytes ?? first.bytes; // the pieces node … end - 1
  const part = (from: number, to: number) =>
    held.subarray(begin(from) - begin(node), begin(to) - begin(node));

  const sends: (Promise<void> | undefined)[] = [];
  for (let i = children.length - 1; i >= 0; i--) {
    const child = children[i]!;
    const pieces = piecePacket(wholeBytes, format, part(child, children[i + 1] ?? end));
    sends.push(channel.send(rankOf(child, root, size), pieces));
  }

  const whole = parent === undefined ? undefined : Buffer.allocUnsafeSlow(wholeBytes);
  whole?.set(held, begin(node));
  const left = rankOf((node + size - 1) % size, root, size);
  const right = node + 1;
  const rightEnd = right < size ? binomialTree(right, size).end : 0;
  for (let step = 0; step < size; step++) {
    const piece = (node - step + size) % size;
    let bytes: Uint8Array;
    if (piece >= node && piece < end) bytes = part(piece, piece + 1);
    else {
      bytes = (await channel.receive(left)).bytes;
      whole!.set(bytes, begin(piece));
    }
    // The root has everything, and a rank holds its subtree's pieces from the start.
    if (right === size || (piece >= right && piece < rightEnd)) continue;
    const owned = parent !== undefined || first.owned;
    sends.push(channel.send(rankOf(right, root, size), { format, bytes, owned }));
  }
  await awaitAll(sends);
  return whole === undefined ? first : { format, bytes: whole, owned: true };
}
