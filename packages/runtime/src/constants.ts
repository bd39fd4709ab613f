import { ANY } from "./matching/matcher.js";

/** Receive from any rank (MPI_ANY_SOURCE). */
export const ANY_SOURCE = ANY;
/** Receive with any tag (MPI_ANY_TAG). */
export const ANY_TAG = ANY;
/** A peer that does not exist: sends to it vanish, receives from it yield undefined (MPI_PROC_NULL). */
export const PROC_NULL = -2;
/** "No colour": a rank that wants to be in no part of a split (MPI_UNDEFINED). */
export const UNDEFINED = -32766;
/** The largest tag (MPI_TAG_UB). */
export const TAG_UB = 2 ** 31 - 1;
