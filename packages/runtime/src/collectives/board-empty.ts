import { Format } from "../codec/format.js";
import { emptyPacket } from "../codec/packet.js";

/** What a rank puts up that has nothing to say but that it has come. */
export const EMPTY = emptyPacket(Format.UNDEFINED);
