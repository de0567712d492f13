import { describeCollectorContract, fixtureHostNames } from '@perfwatch/testing';
import { networkCollector } from './index.ts';

describeCollectorContract(networkCollector, fixtureHostNames());
