export const SAMPLE_STATUSES = ['ok', 'partial', 'unavailable', 'disabled', 'error'] as const;
