import type { Actor } from '#kyc/idv-application';
import type { Vendor } from '#kyc/kyc-record';

import { builder } from '../builder.ts';

export const VendorObject = builder.objectRef<Vendor>('Vendor').implement({
  description: 'The vendor behind a source: who did the work.',
  fields: (t) => ({
    code: t.exposeString('code', {
      dataClass: 'INTERNAL',
      toEndUser: false,
      nullable: true,
      description: "The vendor's name or code, as the source spells it.",
    }),
    status: t.exposeString('status', {
      dataClass: 'INTERNAL',
      toEndUser: false,
      nullable: true,
      description: "The vendor's own status.",
    }),
    inquiryId: t.exposeString('inquiryId', {
      dataClass: 'INTERNAL',
      toEndUser: false,
      nullable: true,
      description: "The vendor's own id of the case.",
    }),
  }),
});

export const ActorObject = builder.objectRef<Actor>('Actor').implement({
  description: 'Who acted at the source.',
  fields: (t) => ({
    id: t.exposeID('id', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: "The source's id of the actor.",
    }),
    type: t.exposeString('type', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'What kind of actor it is, as the source spells it.',
    }),
  }),
});
