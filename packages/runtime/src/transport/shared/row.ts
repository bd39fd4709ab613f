/** Where things are in the line of a board's row: words of 32 bits, and from BYTES on of 64. */
export const POSTED = 0;
export const LEFT = 1;
export const SIGNATURE = 2;
export const SHAPE = 3;
export const FORMAT = 4;
export const SHOWN_FORMAT = 5;
export const BYTES = 3;
export const PLACE = 4;
export const SHOWN_BYTES = 5;
export const SHOWN_PLACE = 6;
export const MARK = 7;
