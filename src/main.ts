import { createProgram } from '#cli/program';

await createProgram().parseAsync();
