import { describeCollectorContract, fixtureHostNames } from '@perfwatch/testing';
import { cpuCollector } from './index.ts';

describeCollectorContract(cpuCollector, fixtureHostNames());
