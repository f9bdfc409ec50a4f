/** The table of design: source, word, outcome where outcomes count, unified status and reason. Written out anew. */
const ROWS = `
FINOGATES pending          - PENDING         SUBMITTED
FINOGATES applied          - PENDING         SUBMITTED
FINOGATES in_review        - IN_REVIEW       MANUAL_REVIEW
FINOGATES approved         - APPROVED        PASSED
FINOGATES completed        - APPROVED        PASSED
FINOGATES rejected         - REJECTED        DECLINED
FINOGATES failed           - ERROR           SOURCE_ERROR
FINX      pending          - PENDING         SUBMITTED
FINX      verified         - APPROVED        PASSED
FINX      failed           - REJECTED        CHECK_FAILED
ROCKETKOR new              - PENDING         CREATED
ROCKETKOR pending          - PENDING         SUBMITTED
ROCKETKOR processing       - PENDING         PROCESSING
ROCKETKOR pending_review   - IN_REVIEW       MANUAL_REVIEW
ROCKETKOR pending_documents    - ACTION_REQUIRED DOCUMENTS_REQUIRED
ROCKETKOR awaiting_information - ACTION_REQUIRED INFORMATION_REQUIRED
ROCKETKOR completed approved      APPROVED  PASSED
ROCKETKOR completed denied        REJECTED  DECLINED
ROCKETKOR completed declined      REJECTED  DECLINED
ROCKETKOR completed rejected      REJECTED  DECLINED
ROCKETKOR completed manual_review IN_REVIEW MANUAL_REVIEW
ROCKETKOR expired          - EXPIRED         SESSION_EXPIRED
ROCKETKOR error            - ERROR           SOURCE_ERROR
UPVEST    in_progress      - PENDING         PROCESSING
UPVEST    pending          - PENDING         PROCESSING
UPVEST    passed           - APPROVED        PASSED
UPVEST    failed           - REJECTED        CHECK_FAILED
SUMVIN    pending          - NOT_STARTED     AWAITING_USER
SUMVIN    in_progress      - PENDING         PROCESSING
SUMVIN    retry            - ACTION_REQUIRED RESUBMISSION_REQUESTED
SUMVIN    approved         - APPROVED        PASSED
SUMVIN    rejected         - REJECTED        DECLINED`;

export interface Reading {
  readonly status: string;
  readonly statusReason: string;
}

const READINGS = new Map(
  ROWS.trim()
    .split('\n')
    .map((row) => {
      const [source, word, outcome, status = '', statusReason = ''] = row.split(/ +/);
      return [`${source} ${word} ${outcome}`, { status, statusReason }];
    }),
);

const unknown = (statusReason: string): Reading => ({ status: 'UNKNOWN', statusReason });

export function fold(word: string): string {
  return word
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replaceAll(/[\s\-_.]/g, '_');
}

/** How a word is to be read; `outcome` counts for RocketKOR's COMPLETED alone. */
export function readStatus(source: string, word: string | null, outcome: string | null = null): Reading {
  if (word === null) return unknown('STATUS_MISSING');
  if (source === 'ROCKETKOR' && fold(word) === 'completed') {
    if (outcome === null) return unknown('OUTCOME_MISSING');
    return READINGS.get(`${source} completed ${fold(outcome)}`) ?? unknown('OUTCOME_UNRECOGNISED');
  }
  return READINGS.get(`${source} ${fold(word)} -`) ?? unknown('STATUS_UNRECOGNISED');
}
