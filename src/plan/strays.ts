/** Containers of ours that went astray, as steps name them. */

/** A container that has another name than its own. */
export type Renaming = { readonly from: string; readonly to: string };

/** A container that no state has. */
export type OrphanAt = {
  /** The engine's own id, so that nothing else of the same name is meant. */
  readonly container: string;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
};
