// Answering a submission: 201 with the receipt when this request made the entry, 200 when the ledger had it.

import type { Response } from 'express';
import type { Receipt } from '../../core/api/statements.ts';

/** Sends a receipt. */
export function sendReceipt(response: Response, receipt: Receipt): void {
  response
    .status(receipt.status === 'created' ? 201 : 200)
    .set('Cache-Control', 'no-store')
    .json(receipt);
}
