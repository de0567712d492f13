export const MIN_PASSWORD_LENGTH = 10;
/** bcrypt reads no more than 72 bytes; longer is refused rather than cut. */
export const MAX_PASSWORD_BYTES = 72;
