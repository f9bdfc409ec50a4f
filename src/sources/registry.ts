/** The registry: every source that the gateway can ask, a line each. */
export { finogates } from './finogates/index.ts';
export { finx } from './finx/index.ts';
export { rocketkor } from './rocketkor/index.ts';
export { sumvin } from './sumvin/index.ts';
export { upvest } from './upvest/index.ts';
