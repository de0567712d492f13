export { asyncApiDocument } from './http/asyncapi-document.ts';
export { gatewayService } from './gateway-service.ts';
export { openGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { LIVE_LIMITS, type LiveLimits } from './live/live-server.ts';
export { familyNameOf, type FamilyName, type MetricSource } from './metrics/metric-name.ts';
export { OWN_FAMILIES } from './metrics/own-families.ts';
