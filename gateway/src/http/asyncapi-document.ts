import { annotationSchema, catalogSchema, inventorySchema, sampleSchema } from '@perfwatch/contract';
import { z } from 'zod';

const hostParameter = { description: 'A-Z a-z 0-9 _ -, at most 63; other characters of a hostname become _' };
const collectorParameter = { description: 'The collector, in the same characters' };

const CHANNELS = [
  { id: 'metrics', address: 'perfwatch.v1.metrics.{host}.{collector}', schema: sampleSchema, about: 'One tick of one collector' },
  {
    id: 'catalog',
    address: 'perfwatch.v1.catalog.{host}.{collector}',
    schema: catalogSchema,
    about: 'What each metric is; at start, on change and every 60 s',
  },
  { id: 'host', address: 'perfwatch.v1.host.{host}', schema: inventorySchema, about: 'What the machine is; at start and every 60 s' },
  {
    id: 'annotations',
    address: 'perfwatch.v1.annotations.{host}',
    schema: annotationSchema,
    about: 'A mark on the time axis, from anyone permitted',
  },
] as const;

/** The public subjects as an AsyncAPI 3.0 document, made from the contract's schemas. */
export function asyncApiDocument(): object {
  const channels = CHANNELS.map(({ id, address, about }) => {
    const parameters = address.includes('{collector}') ? { host: hostParameter, collector: collectorParameter } : { host: hostParameter };
    return [id, { address, description: about, parameters, messages: { [id]: { $ref: `#/components/messages/${id}` } } }] as const;
  });
  const messages = CHANNELS.map(({ id, schema }) => {
    const payload = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return [id, { name: id, contentType: 'application/json', payload }] as const;
  });
  const operations = CHANNELS.map(({ id }) => [`receive_${id}`, { action: 'receive', channel: { $ref: `#/channels/${id}` } }] as const);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'PerfWatch subjects',
      version: '1',
      description: 'JSON, UTF-8, on NATS. Messages over 1 MiB, or of another shape, are dropped and counted.',
    },
    servers: {
      embedded: {
        host: '127.0.0.1:4222',
        protocol: 'nats',
        description: 'The nats-server that `npm start` brings; listening needs no credentials',
      },
    },
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: Object.fromEntries(messages) },
  };
}
