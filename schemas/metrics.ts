/** Namespace of the platform's own metrics in CloudWatch. */
export const METRICS_NAMESPACE = 'Onetrack';

/** The platform's own metrics: emitted by functions, watched by alarms. One dimension, `service`. */
export const METRICS = {
  stalledDossiers: { name: 'StalledDossiers', unit: 'Count' },
  deadLetters: { name: 'DeadLetters', unit: 'Count' },
  outboxAge: { name: 'OutboxAge', unit: 'Seconds' },
  timerAge: { name: 'TimerAge', unit: 'Seconds' },
  sweepAge: { name: 'SweepAge', unit: 'Seconds' },
  certificatesNear: { name: 'CertificatesNearEnd', unit: 'Count' },
  certificatesClose: { name: 'CertificatesAtEnd', unit: 'Count' },
  stuckWork: { name: 'StuckWork', unit: 'Count' },
} as const;

/** The value of the one dimension. */
export const METRICS_SERVICE = 'onetrack';
