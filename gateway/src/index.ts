export { gatewayService } from './gateway-service.ts';
export { openGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { LIVE_LIMITS, type LiveLimits } from './live/live-server.ts';
