import * as registry from './registry.ts';
import type { SourceRoom } from './source.ts';

/** Every source of the registry, by name: the order in which they are reported. */
export const rooms: readonly SourceRoom[] = Object.values(registry);
