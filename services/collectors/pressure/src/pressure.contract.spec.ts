import { describeCollectorContract, fixtureHostNames } from '@perfwatch/testing';
import { pressureCollector } from './index.ts';

describeCollectorContract(pressureCollector, fixtureHostNames());
