interface BatchKey {
  readonly terminalId: number;
  readonly batchNumber: number;
}
export interface BatchDesk {
  currentBatch(terminalId: number): number;
  openedOn(terminalId: number, batchNumber: number): string | null | Promise<string | null>;
  settle(
    settlement: BatchKey & {
      readonly traceNumber: number;
      readonly claimed: {
        readonly debitFen: bigint;
        readonly debitCount: number;
        readonly creditFen: bigint;
        readonly creditCount: number;
      };
    },
  ): Promise<'balanced' | 'unbalanced' | 'unknown-batch'>;
  noteUploads(
    upload: BatchKey & { readonly records: readonly UploadedRecord[] },
  ): Promise<'noted' | 'closed' | 'not-settled' | 'too-many' | 'unknown-batch'>;
  closeAfterUpload(batch: BatchKey): Promise<'closed' | 'not-settled' | 'unknown-batch'>;
}

export interface UploadedRecord {
  readonly traceNumber: number;
  readonly side: 'debit' | 'credit' | null;
  readonly amountFen: bigint;
  readonly cardTail: string | null;
}
export class TooManyWait extends Error {}
