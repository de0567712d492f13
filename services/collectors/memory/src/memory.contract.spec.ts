import { describeCollectorContract, fixtureHostNames } from '@perfwatch/testing';
import { memoryCollector } from './index.ts';

describeCollectorContract(memoryCollector, fixtureHostNames());
