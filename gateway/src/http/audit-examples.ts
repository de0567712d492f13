/** A page of the audit trail as the API's description shows one. */
export const auditExample = {
  events: [
    {
      id: 1742,
      at: '2026-11-23T19:20:31.000Z',
      action: 'user_created',
      actor: { user_id: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'admin', api_token_id: null },
      address: '192.0.2.7',
      target: 'grace',
      details: { role: 'viewer' },
    },
    {
      id: 1741,
      at: '2026-11-23T19:19:58.000Z',
      action: 'login_failed',
      actor: null,
      address: '198.51.100.23',
      target: 'admin',
      details: { reason: 'wrong_password', times: 41 },
    },
  ],
  next: 1741,
};
