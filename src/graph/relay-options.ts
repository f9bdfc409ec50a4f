/** The Relay specification as the plugin is to print it: every part described, no edge or node null. */
export const relayOptions = {
  nodeQueryOptions: false,
  nodesQueryOptions: false,
  nodeTypeOptions: { description: 'What can be found again by its id.' },
  idFieldOptions: { dataClass: 'PUBLIC', description: 'The public id: opaque, and the same for life.' },
  pageInfoTypeOptions: { description: 'Where a page stands in its whole list.' },
  hasNextPageFieldOptions: {
    dataClass: 'PUBLIC',
    description: 'True when rows follow the last one of this page. Exact both ways.',
  },
  hasPreviousPageFieldOptions: {
    dataClass: 'PUBLIC',
    description: 'True when rows stand before the first one of this page. Exact both ways.',
  },
  startCursorFieldOptions: {
    dataClass: 'PUBLIC',
    description: 'The cursor of the first row; null on an empty page.',
  },
  endCursorFieldOptions: {
    dataClass: 'PUBLIC',
    description:
      'The cursor of the last row; null on an empty page. Of the change log the position reached, also on an empty page: nothing that was asked for lies between.',
  },
  firstArgOptions: {
    description: 'At most so many rows from the start: 0 to 200, 50 when neither first nor last is given.',
  },
  lastArgOptions: { description: 'At most so many rows from the end: 0 to 200. Not together with first.' },
  afterArgOptions: {
    description:
      'Only rows after this cursor, which must be of this very list; of the change log, whichever of its cursors.',
  },
  beforeArgOptions: {
    description:
      'Only rows before this cursor, which must be of this very list; of the change log, whichever of its cursors.',
  },
  cursorFieldOptions: {
    dataClass: 'PUBLIC',
    description:
      'Where this row stands in its list: pass it back as after or before. Sealed, and of use in no other list; one of the change log in all that reads the log.',
  },
  nodeFieldOptions: { dataClass: 'INTERNAL', description: 'The row itself.', nullable: false },
  edgesFieldOptions: {
    dataClass: 'INTERNAL',
    description: 'The rows with their cursors, in list order whatever the direction of paging.',
    nullable: { list: false, items: false },
  },
  nodesOnConnection: { dataClass: 'INTERNAL', description: 'The rows alone.' },
  pageInfoFieldOptions: { dataClass: 'PUBLIC', description: 'Where this page stands in the whole list.' },
  // Asked for by the plugin's types; nothing here has such fields.
  nodesFieldOptions: { dataClass: 'INTERNAL' },
  clientMutationIdFieldOptions: { dataClass: 'PUBLIC' },
} as const;
