/** What `doctor` finds out of a machine, before it is judged. */

/** When a certificate is valid, in milliseconds since 1970. */
export type Validity = { readonly from: number; readonly to: number };

/** How far a clock is ahead, in milliseconds, and by how much that may be wrong because the answer took its time. */
export type ClockDifference = { readonly ahead: number; readonly uncertainty: number };

/** Bytes. */
export type Space = { readonly free: number; readonly total: number };
