export { UNITS, UNIT_BY_SUFFIX, unitOf, type Unit } from './unit.ts';
export {
  ERROR_CODES,
  explain,
  PerfwatchError,
  describeIssues,
  issuesOf,
  parseInput,
  problemIssueSchema,
  problemSchema,
  type ErrorCode,
  type PerfwatchErrorOptions,
  type Problem,
  type ProblemIssue,
} from './problem.ts';
export {
  ALL_PUBLIC_SUBJECTS,
  METRICS_STREAM,
  SUBJECT_ROOT,
  SUBJECT_TOKEN,
  parseSubject,
  subjects,
  subjectTokenSchema,
  toSubjectToken,
  type ParsedSubject,
} from './subject.ts';
export { hostInboxPrefix, internalSubjects } from './internal-subjects.ts';
export {
  dimensionNameSchema,
  instanceNameSchema,
  metricNameSchema,
  metricsSchema,
  sampleSchema,
  sampleStatusSchema,
  type DimensionMetrics,
  type InstanceMetrics,
  type Metrics,
  type MetricValue,
  type Sample,
  type SampleStatus,
} from './sample.ts';
export { SAMPLE_STATUSES } from './sample-statuses.ts';
export { forEachMetric, formatMetricPath, metricAt, setMetricAt, type MetricPath } from './metric-path.ts';
export {
  catalogSchema,
  dimensionDescriptorSchema,
  metricDescriptorSchema,
  metricKindSchema,
  unitSchema,
  type Catalog,
  type DimensionDescriptor,
  type MetricDescriptor,
  type MetricKind,
} from './catalog.ts';
export { inventorySchema, type Inventory } from './inventory.ts';
export { BACKLOG_KEPT_MS, FUTURE_ACCEPTED_MS, acceptedFromMs, rawKeptFromMs, timeFault } from './kept-time.ts';
export { issueWords } from './issue-words.ts';
export {
  annotationRecordSchema,
  annotationSchema,
  annotationsQuerySchema,
  annotationsReplySchema,
  newAnnotationSchema,
  type Annotation,
  type AnnotationRecord,
  type AnnotationRemoved,
  type AnnotationsQuery,
  type AnnotationsReply,
  type NewAnnotation,
} from './annotation.ts';
export {
  aggregateSchema,
  exportQuerySchema,
  historyOfHostsReplySchema,
  historyPointSchema,
  historyQuerySchema,
  historyReplySchema,
  historyTypesReplySchema,
  resolutionSchema,
  type Aggregate,
  type ExportQuery,
  type HistoryOfHostsReply,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReply,
  type HistoryTypesReply,
  type Resolution,
} from './history.ts';
export {
  AGGREGATES,
  DEFAULT_POINTS,
  EXPORT_FORMATS,
  MAX_HISTORY_HOSTS,
  MAX_POINTS,
  RESOLUTIONS,
  intervalToMs,
  COMPARE_PERIODS,
  COMPARE_TO,
} from './history-words.ts';
export {
  compareQuerySchema,
  compareReplySchema,
  metricComparisonSchema,
  type CompareQuery,
  type CompareReply,
  type CompareStatistics,
  type CompareTo,
  type CompareWindow,
  type ComparePeriod,
  type MetricComparison,
} from './compare.ts';
export { MAX_RETENTION_DAYS } from './retention-bounds.ts';
export {
  DEFAULT_RETENTION,
  RETENTION_SETTING,
  retentionPolicySchema,
  retentionReplySchema,
  retentionRunSchema,
  retentionUpdateSchema,
  type RetentionDeletion,
  type RetentionPolicy,
  type RetentionReply,
  type RetentionRun,
  type RetentionUpdate,
} from './retention.ts';
export {
  DEFAULT_INTERVAL_MS,
  MAX_INTERVAL_MS,
  MIN_INTERVAL_MS,
  PERF_EVENT_GROUPS,
  configFor,
  defaultPerfEvents,
  overlayPerfEvents,
  type PerfEventGroup,
} from './config-for.ts';
export { parseCpuSelection, type CpuSelection } from './cpu-selection.ts';
export {
  collectionConfigSchema,
  configSchema,
  configUpdateSchema,
  intervalMsSchema,
  type CollectionConfig,
  type Config,
  type ConfigUpdate,
  type PerfEventsConfig,
} from './config.ts';
export {
  LIVE_NAMESPACE,
  MAX_BACKFILL_SECONDS,
  MAX_TOKEN_LENGTH,
  type AuthenticateReply,
  type ClientToServerEvents,
  type HostEvent,
  type MissedEvent,
  type RefusedEvent,
  type ServerToClientEvents,
  type SubscribeReply,
  type UnsubscribeReply,
} from './live.ts';
export { sessionRecordSchema, sessionsReplySchema, type SessionRecord, type SessionsReply } from './sessions.ts';
export {
  authenticateSchema,
  subscribeSchema,
  subscriptionSchema,
  type AuthenticateRequest,
  type SubscribeRequest,
  type Subscription,
} from './subscription.ts';
export { MAX_PASSWORD_BYTES, MIN_PASSWORD_LENGTH } from './password-bounds.ts';
export { MAX_TOKEN_DAYS, ROLES, TOKEN_SCOPES } from './roles.ts';
export {
  catalogEntrySchema,
  catalogReplySchema,
  collectorStateSchema,
  hostSchema,
  hostsReplySchema,
  loginReplySchema,
  loginRequestSchema,
  meSchema,
  newPasswordSchema,
  passwordChangeSchema,
  readinessSchema,
  roleSchema,
  tokenScopeSchema,
  usernameSchema,
  type CatalogEntry,
  type CatalogReply,
  type CollectorState,
  type Host,
  type HostsReply,
  type LoginReply,
  type LoginRequest,
  type Me,
  type PasswordChange,
  type Readiness,
  type Role,
  type TokenScope,
} from './http.ts';
export {
  newUserSchema,
  userRecordSchema,
  userUpdateSchema,
  usersReplySchema,
  type NewUserRequest,
  type UserRecord,
  type UserUpdate,
  type UsersReply,
} from './users.ts';
export {
  apiTokenSchema,
  apiTokensReplySchema,
  createdApiTokenSchema,
  newApiTokenSchema,
  type ApiTokenRecord,
  type ApiTokensReply,
  type CreatedApiToken,
  type NewApiToken,
} from './tokens.ts';
export { systemReplySchema, type SystemReply } from './system.ts';
export { knownPreferences, preferencesSchema, type UserPreferences } from './preferences.ts';
export { AUDIT_ACTIONS, DEFAULT_AUDIT_PAGE, MAX_AUDIT_PAGE, type AuditAction } from './audit-actions.ts';
export {
  auditEventSchema,
  auditQuerySchema,
  auditReplySchema,
  type Actor,
  type AuditEvent,
  type AuditQuery,
  type AuditReply,
} from './audit.ts';
export type { ActionName, Actions, Caller, ControlEventName, ControlEvents, Identity, IssuedTokens } from './actions.ts';
